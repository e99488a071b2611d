"""Keeps them in a store."""

KIND = "feast"
