"""Runs of the log's verification: asked for at the desk or by the clock, done by a worker, one at a time."""
