"""What is asked for is found, page after page, and a search that has no time left says how far it looked."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count as counting

import pytest
from sqlalchemy import Engine

from idp.audit.recorded import Recorded
from idp.audit.searching import Cursor, Result, Sought, Span, find, read_cursor, search
from idp.audit.searching import written as text_of
from idp.storage.base import new_id
from tests.idp.audit.searching.conftest import DEVICE, OTHER, PROBED, SESSION, START, Count
from tests.idp.audit.test_log import PERSON

LONG = 30.0


@pytest.mark.parametrize(
    ("sought", "rows"),
    [
        (Sought(), 31),
        (Sought(person_id=PERSON), 25),
        (Sought(person_id=OTHER), 3),
        (Sought(client_id="c7"), 1),
        (Sought(names=("signed_out",)), 1),
        (Sought(names=("signed_out", "code_issued")), 2),
        (Sought(result=Result.REFUSED), 1),
        (Sought(result=Result.NEUTRAL), 2),
        (Sought(result=Result.SUCCEEDED), 28),
        (Sought(organisation_id="org-1"), 1),
        (Sought(organisation_id="org-%"), 0),
        (Sought(request_id="req-3"), 5),
        (Sought(interaction_id="i" * 43), 1),
        (Sought(session_id=SESSION), 2),
        (Sought(device=DEVICE), 1),
        (Sought(actor="staff-1"), 1),
        (Sought(level=4), 6),
        (Sought(level=3), 14),
        (Sought(level=3, is_exact_level=True), 8),
        (Sought(text='"reason":"wrong-pass'), 1),
        (Sought(text="wrong_pass"), 0),
        (Sought(text="%"), 0),
        (Sought(address="203.0.113.4"), 5),
        (Sought(address="203.0.113.0/30"), 20),
        (Sought(address="203.0.113.0/24"), 29),
        (Sought(address="203.0.0.0/8", names=("signed_in",)), 26),
        (Sought(address="2001:0DB8:0::0009"), 1),
        (Sought(address="2001:db8::/32"), 1),
        (Sought(address="fe80::1"), 1),
        (Sought(address="0.0.0.0/0"), 29),
        (Sought(Span(START + timedelta(seconds=4)), person_id=PERSON), 5),
        (Sought(Span(None, START + timedelta(seconds=1)), result=Result.SUCCEEDED), 5),
        (Sought(names=("signed_out",), person_id=PERSON), 0),
        (Sought(client_id="hall", session_id=SESSION, level=3, address="203.0.113.8", device=DEVICE), 1),
        (Sought(device=PROBED, result=Result.REFUSED), 1),
    ],
)
def test_a_search_finds_what_was_asked_for(count: Count, sought: Sought, rows: int) -> None:
    assert count(sought) == rows


@pytest.mark.parametrize("page", [1, 3, 5, 7])
@pytest.mark.parametrize("sought", [Sought(person_id=PERSON), Sought(names=("signed_in",), level=1)])
def test_pages_follow_each_other(written: Engine, page: int, sought: Sought) -> None:
    """Also where many events bear the same time."""
    whole = [one.id for one in search(written, sought, None, 100, LONG).events]
    shown: list[str] = []
    after: Cursor | None = None
    while True:
        found = search(written, sought, after, page, LONG)
        assert found.complete
        shown += [one.id for one in found.events]
        if found.next is None:
            break
        after = read_cursor(text_of(found.next))
    assert shown == whole
    assert len(set(shown)) == len(shown) == (26 if sought.level else 25)


@pytest.mark.parametrize("sought", [Sought(text="org-1"), Sought(person_id=PERSON)])
def test_a_search_without_time_says_how_far_it_looked_and_goes_on(written: Engine, sought: Sought) -> None:
    """Each look at the clock takes a second; the slices get longer while the statements are quick."""
    found: list[Recorded] = []
    after: Cursor | None = None
    rounds = 0
    while True:
        ticks: Iterator[int] = counting()
        page = search(written, sought, after, 10, 3.5, timer=lambda: float(next(ticks)))  # noqa: B023
        found += page.events
        if page.next is None:
            break
        assert page.complete or page.searched_to == page.next[0]
        after, rounds = page.next, rounds + 1
        assert rounds < 20
    assert len(found) == len({one.id for one in found}) == (25 if sought.person_id else 1)


def test_no_time_at_all_is_no_answer_and_no_lie(written: Engine) -> None:
    page = search(written, Sought(text="org-1"), None, 10, 0)
    assert (page.events, page.complete) == ((), False)
    assert page.searched_to is not None
    assert page.searched_to > START + timedelta(seconds=15)


def test_an_empty_log_has_nothing(engine: Engine) -> None:
    page = search(engine, Sought(), None, 10)
    assert (page.events, page.next, page.complete) == ((), None, True)


def test_one_event_is_found_by_its_id(written: Engine) -> None:
    for event in search(written, Sought(), None, 100, LONG).events:
        assert find(written, event.id) == event
    assert find(written, new_id(START)) is None
    assert find(written, "not-an-id") is None


@pytest.mark.parametrize("address", ["203.0.113", "203.0.113.0/33", "hall", "", "203.0.113.7; DROP TABLE x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        Sought(address=address)


@pytest.mark.parametrize("text", ["", "x", "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z/x", "now/1"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="page ended"):
        read_cursor(text)
