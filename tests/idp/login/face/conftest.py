"""Somebody at a portal that asks for more than their password."""

import pytest

from tests.idp.login.visitor import TAX, Site, Visitor


@pytest.fixture
def asked(site: Site) -> Visitor:
    visitor = site.visitor().authorize(TAX).sign_in()
    assert visitor.path == "/login/presence"
    return visitor
