"""Training of binary classifiers on tables: candidates, validation by the split policy, selection, calibration."""
