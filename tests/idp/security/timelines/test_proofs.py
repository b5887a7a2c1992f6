"""The proof of an event, downloaded at the desk, convinces whoever has the public keys alone."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from clients.audit_check import check as checking
from idp.audit.tree import keys as audit_keys
from idp.audit.tree.rounds import Proving
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner
from tests.idp.login.visitor import ISSUER, PERSON, Site, Visitor
from tests.idp.security.timelines.test_timelines import the
from tests.idp.staff_pages.officer import add, sign_in


@pytest.fixture
def at_desk(site: Site) -> Visitor:
    site.visitor().authorize().sign_in(PERSON)
    return sign_in(site, add(site, "S-1", "security", serial=11), target="/security/search")


def sign_head(site: Site) -> checking.Keys:
    """As the worker does it; the public keys."""
    found = site.services
    signer = HeadSigner(found.engine, found.cipher, site.clock, log=ISSUER, every=timedelta(minutes=1))
    for _ in range(2):
        site.clock.now += timedelta(seconds=61)
        Proving(Sequencer(found.engine, site.clock), signer, ()).round()
    with found.sessions() as session:
        return checking.read_keys({"keys": list(audit_keys.public_keys(session).values())})


def test_it_is_checked_without_the_provider(at_desk: Visitor, site: Site) -> None:
    event = the(site, "signed_in")
    keys = sign_head(site)
    at_desk.get(f"/security/events/{event.id}")
    assert at_desk.page.texts["proof"].startswith("Proved: this row is position ")
    at_desk.click("proof-file")
    assert at_desk.status == 200
    proof = json.loads(at_desk.body)
    assert event.id in checking.check(proof, keys)
    assert [one["event_id"] for one in site.events("audit_proved")] == [event.id]
    forged = {**proof, "event": proof["event"].replace("hall", "tax")}
    with pytest.raises(checking.ProofRefused):
        checking.check(forged, keys)


def test_attack_a_row_is_changed_by_sql(at_desk: Visitor, site: Site) -> None:
    event = the(site, "signed_in")
    sign_head(site)
    with site.services.engine.begin() as connection:
        connection.execute(
            text("UPDATE audit_events SET address = '203.0.113.9' WHERE id = :id"), {"id": event.id}
        )
    at_desk.get(f"/security/events/{event.id}")
    assert at_desk.shows("NOT PROVED")
    assert at_desk.get(f"/security/events/{event.id}/proof").status == 404


def test_an_event_since_the_last_head_is_not_proved_yet(at_desk: Visitor, site: Site) -> None:
    sign_head(site)
    at_desk.get("/security/search?show=1&client=hall")
    at_desk.get(f"/security/events/{the(site, 'audit_searched').id}")
    assert at_desk.shows("Not under a signed head yet.")
