"""Where time and memory go, and the two cures that are always worth it: not doing things twice, and reading less."""
