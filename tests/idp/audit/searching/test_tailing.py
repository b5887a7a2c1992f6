"""What is new in the log since a place."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from idp.audit import record
from idp.audit.events.signing_in import SignInRefused
from idp.audit.searching import Sought
from idp.audit.searching.tailing import BEFORE_ALL, end_of_log, news
from tests.idp.audit.searching.conftest import at
from tests.idp.audit.test_log import PERSON


def refuse(engine: Engine, count: int, **more: str) -> None:
    with Session(engine) as session:
        for _ in range(count):
            record(session, SignInRefused("wrong-password", "pwd"), context=at(30, **more))
        session.commit()


def test_of_an_empty_log_there_is_no_news(engine: Engine) -> None:
    assert end_of_log(engine) == BEFORE_ALL
    assert news(engine, Sought(), BEFORE_ALL, 10, 5).events == ()


def test_what_came_since_is_given_once_in_its_order(written: Engine) -> None:
    place = end_of_log(written)
    assert news(written, Sought(), place, 10, 5).events == ()
    refuse(written, 3)
    found = news(written, Sought(), place, 10, 5)
    assert [event.name for event in found.events] == ["sign_in_refused"] * 3
    assert sorted(event.place for event in found.events) == [event.place for event in found.events]
    assert found.place == end_of_log(written) == found.events[-1].place
    assert news(written, Sought(), found.place, 10, 5).events == ()


def test_the_place_moves_on_past_what_nobody_sought(written: Engine) -> None:
    place = end_of_log(written)
    refuse(written, 3)
    found = news(written, Sought(person_id=PERSON), place, 10, 5)
    assert (found.events, found.place) == ((), end_of_log(written))


def test_by_address_range_too(written: Engine) -> None:
    place = end_of_log(written)
    refuse(written, 1, address="198.51.100.9")
    refuse(written, 1, address="192.0.2.1")
    found = news(written, Sought(address="198.51.100.0/24"), place, 10, 5)
    assert [event.address for event in found.events] == ["198.51.100.9"]


def test_of_a_flood_the_latest_are_given_and_it_is_said(written: Engine) -> None:
    place = end_of_log(written)
    refuse(written, 30)
    found = news(written, Sought(), place, 10, 5)
    assert (len(found.events), found.is_cut) == (10, True)
    assert found.events[-1].place == found.place
