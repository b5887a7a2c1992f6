"""Devices without a browser, or without keys to type on (RFC 8628): they show a code, a phone answers it."""
