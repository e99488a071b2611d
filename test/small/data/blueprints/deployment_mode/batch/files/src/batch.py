"""Runs as batch."""
