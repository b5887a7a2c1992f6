"""Checking an app's integration: starting it, reading what was found, showing a badge."""
