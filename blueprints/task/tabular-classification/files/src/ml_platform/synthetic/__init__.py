"""Demonstration data with a planted signal, until real sources deliver; never used outside the local environment."""
