"""Checking the integration of an app: what it was told to look at, its runs and reports, its badge.

The checks themselves are `clients.checker`, which knows nothing of us and is reached from this room alone.
"""
