"""Measurements of the running provider. Nothing here is a test: figures differ with the machine."""
