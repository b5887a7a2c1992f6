"""The whole provider, as the sign-in's tests have it."""

from tests.idp.login.conftest import changes, clock, keys_text, prepared, site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]
