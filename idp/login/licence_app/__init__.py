"""Signing in with a licence app: a page with a code, a telephone that signs, and the link between them."""
