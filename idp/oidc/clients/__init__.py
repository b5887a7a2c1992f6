"""Registered relying parties: what they are, what they may ask, how they prove who they are."""
