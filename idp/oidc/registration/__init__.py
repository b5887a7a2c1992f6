"""Clients that register themselves: RFC 7591, RFC 7592, OpenID Connect Dynamic Client Registration 1.0.

Nobody has looked at such a client, so what it may have is a short list (`policy`), what it calls itself must
not read like somebody else (`wording`), and people are told on the consent page.
"""
