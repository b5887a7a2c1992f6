"""Secrets and keys of an app."""
