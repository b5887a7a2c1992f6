"""Signing out, as relying parties ask for it."""
