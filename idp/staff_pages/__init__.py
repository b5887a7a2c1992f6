"""Signing in of staff, and what every console of theirs stands on."""
