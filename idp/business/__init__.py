"""Organisations: their credit codes, what the business register says of them, and watching it for changes."""
