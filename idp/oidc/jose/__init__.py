"""Signatures, encryption and keys of others, and the JSON that they send."""
