"""Generated from proto/ml_platform/serving/protocol/prediction.proto by `make proto`; do not edit."""
