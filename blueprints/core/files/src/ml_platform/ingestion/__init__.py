"""From files that source systems leave to typed, current tables."""
