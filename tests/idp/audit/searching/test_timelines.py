"""What happened around a session, an interaction, a device and one event."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from idp.audit import record
from idp.audit.events.protocol import ClaimsReleased
from idp.audit.events.signing_in import SignedIn
from idp.audit.events.staff import StaffPlaced, StaffSignedIn, StaffSignedOut
from idp.audit.searching import Sought, Span, search
from idp.audit.searching.timelines import Timeline, around_event, of_device, of_interaction, of_session
from tests.idp.audit.searching.conftest import DEVICE, OTHER, PROBED, SESSION, START, at

NOW = START + timedelta(hours=1)


def names(timeline: Timeline) -> list[str]:
    return [one.name for one in timeline.events]


def test_a_session_is_what_its_person_and_its_device_did_meanwhile(written: Engine) -> None:
    with Session(written) as session:
        record(session, ClaimsReleased("hall", OTHER, (), "p"), context=at(-400))
        record(session, ClaimsReleased("hall", OTHER, (), "p"), context=at(2000))
        session.commit()
    found = of_session(written, SESSION, NOW)
    assert found is not None
    assert (found.person_id, found.device, found.staff_id) == (OTHER, DEVICE, None)
    assert (found.begun, found.over) == (START + timedelta(seconds=8), START + timedelta(seconds=12))
    assert names(found.timeline) == ["signed_in", "code_issued", "signed_out"]
    assert found.timeline.complete


def test_a_session_that_is_not_over_lasts_until_now(written: Engine) -> None:
    with Session(written) as session:
        record(session, SignedIn(OTHER, "tax", 3, (), "t" * 43), context=at(30))
        record(session, ClaimsReleased("tax", OTHER, (), "p"), context=at(3000))
        session.commit()
    found = of_session(written, "t" * 43, NOW)
    assert found is not None
    assert (found.over, names(found.timeline)[-2:]) == (None, ["signed_in", "claims_released"])


def test_a_session_of_staff_is_what_they_did(written: Engine) -> None:
    with Session(written) as session:
        context = at(100, actor="staff-7")
        record(session, StaffSignedIn("staff-7", ("passkey",), "u" * 43), context=context)
        record(session, StaffPlaced("staff-8"), context=at(101, actor="staff-7"))
        record(session, StaffSignedOut("staff-7", "u" * 43), context=at(102, actor="staff-7"))
        session.commit()
    found = of_session(written, "u" * 43, NOW)
    assert found is not None
    assert found.staff_id == "staff-7"
    assert names(found.timeline) == ["staff_signed_in", "staff_placed", "staff_signed_out"]


def test_an_unknown_session_is_none(written: Engine) -> None:
    assert of_session(written, "x" * 43, NOW) is None


def test_what_does_not_fit_is_not_called_whole(written: Engine) -> None:
    found = of_session(written, SESSION, NOW, at_most=2)
    assert found is not None
    assert names(found.timeline) == ["code_issued", "signed_out"]
    assert not found.timeline.complete


def test_interactions_and_devices(written: Engine) -> None:
    assert names(of_interaction(written, "i" * 43, START)) == ["code_issued"]
    assert names(of_interaction(written, "i" * 43, START + timedelta(hours=3))) == []
    assert names(of_device(written, PROBED, Span())) == ["sign_in_refused"]


def test_around_an_event_is_what_shares_something_with_it(written: Engine) -> None:
    (code,) = search(written, Sought(names=("code_issued",)), None, 1, 30).events
    assert names(around_event(written, code)) == ["signed_in", "code_issued", "signed_out"]
    (suspended,) = search(written, Sought(names=("mandates_suspended",)), None, 1, 30).events
    assert names(around_event(written, suspended)) == ["mandates_suspended"]
