"""A provider whose log has addresses as digests: none is written anywhere, and each is still found."""

import sqlite3
from pathlib import Path

import pytest

from tests.idp.login.visitor import PERSON, Site, Visitor
from tests.idp.staff_pages.officer import add, sign_in

HOME = "203.0.113.77"


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_AUDIT__ADDRESSES": "digest"}


def test_no_event_has_the_address_and_the_desk_finds_it(site: Site, tmp_path: Path) -> None:
    Visitor(site, HOME).authorize().sign_in(PERSON)
    at_desk = sign_in(site, add(site, "S-1", "security", serial=11), target="/security/search")
    at_desk.submit("search-form", address=HOME)
    assert at_desk.status == 200
    assert at_desk.shows("Signed in")
    assert HOME not in at_desk.url
    at_desk.get("/security/search").submit("search-form", address="203.0.113.0/24")
    assert at_desk.shows("Signed in")
    at_desk.get("/security/search").submit("search-form", address="203.0.112.0/20")
    assert at_desk.status == 422
    with sqlite3.connect(tmp_path / "idp.db") as database:
        found = [address for (address,) in database.execute("SELECT DISTINCT address FROM audit_events")]
        rows = str(database.execute("SELECT * FROM audit_events").fetchall())
    assert all(address is None or address.startswith("fd") for address in found)
    assert any(found)
    assert HOME not in rows


def test_nobody_is_shown_a_digest_as_their_network(site: Site) -> None:
    visitor = Visitor(site, HOME).authorize().sign_in(PERSON)
    visitor.get("/account/activity")
    assert visitor.status == 200
    assert "fd" not in {line.strip()[:2] for line in visitor.body.splitlines()}
    assert "203.0.113" not in visitor.body
