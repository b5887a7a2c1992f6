"""Checks proofs of an audit log with nothing of the provider but its public key."""
