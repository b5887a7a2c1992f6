"""The same site as the login room's tests have."""

from tests.idp.login.conftest import clock, keys_text, prepared, site

__all__ = ["clock", "keys_text", "prepared", "site"]
