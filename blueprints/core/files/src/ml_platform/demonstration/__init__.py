"""The demonstration: the whole platform run once on seeded data, with a check for every claim that it makes."""
