"""Proof that the log is whole: a Merkle tree over its rows, signed heads, and what checks them."""
