"""Settings."""

RETRIES = 3
WAIT = 10
LIMIT = 100
NAME = "settings"
