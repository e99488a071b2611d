"""Reads the sources."""


def read(path):
    with open(path) as lines:
        return [line.strip() for line in lines]
