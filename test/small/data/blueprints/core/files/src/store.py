"""Keeps things."""


def keep(thing):
    return thing
