"""Monitoring: what the platform promised, measured again after the model has gone live."""
