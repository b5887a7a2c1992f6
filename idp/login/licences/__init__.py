"""Signing in with an electronic business licence, whatever carries it."""
