"""Scoring of all entities at once, as of a date."""
