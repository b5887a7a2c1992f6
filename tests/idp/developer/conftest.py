"""The whole provider of the login room's tests; `tests.idp.developer.console` puts teams and apps into it."""

from tests.idp.login.conftest import changes, clock, keys_text, prepared, site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]
