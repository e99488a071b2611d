"""Keeps them in a table of our own."""

KIND = "custom"
