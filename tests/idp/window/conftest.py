"""The whole provider of the login room's tests, with staff."""

import pytest

from tests.idp.login.conftest import clock, keys_text, prepared, site

__all__ = ["clock", "keys_text", "prepared", "site"]


@pytest.fixture
def changes() -> dict[str, str]:
    """Settings that are otherwise here: none."""
    return {}
