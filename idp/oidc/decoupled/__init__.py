"""Authorizations whose answer a client polls for, in place of a redirect (RFC 8628, CIBA)."""
