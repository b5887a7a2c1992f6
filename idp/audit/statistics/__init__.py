"""How many of what in which hour: counts that the worker keeps up, so that no page has to read the log."""
