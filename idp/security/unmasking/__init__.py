"""Seeing who a person of the log is: asked for, agreed to, looked at."""
