from tests.idp.login.conftest import changes, clock, keys_text, prepared, site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]
