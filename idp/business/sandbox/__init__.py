"""Organisations to try things with."""
