"""Runs as realtime."""
