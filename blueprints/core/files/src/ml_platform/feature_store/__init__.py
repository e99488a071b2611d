"""Feature store: one protocol, one adapter, chosen when the platform was designed."""
