"""Signing keys: made by a command or the worker, published before use, kept after it."""
