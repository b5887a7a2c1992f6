"""Requests by the back channel (CIBA)."""
