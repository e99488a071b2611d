"""Experiments: how a new model is compared with the old way of working before it replaces it."""
