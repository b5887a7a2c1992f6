"""A page and a phone that meet other pages, other phones and the end of their time: on every store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from idp.login.licence_app.links import LinkGone, Links, Scanned, Times, UnknownCode, WrongDigits
from idp.login.licence_app.states import TRIES, Ending, Link, State, WrongState
from tests.contracts.stores import Place, place

__all__ = ["place"]

THREADS, LINKS = 8, 12
TIMES = Times(timedelta(seconds=60), timedelta(seconds=180), timedelta(seconds=120))


def links_of(place: Place) -> Links:
    return Links(place.store, b"k" * 32, TIMES)


def opened(place: Place) -> tuple[Link, str]:
    links, now = links_of(place), place.clock()
    link = links.open(
        browser="b",
        interaction_id="i",
        client_id="hall",
        host="hall.example",
        address="192.0.2.7",
        now=now,
        closes_at=now + timedelta(seconds=900),
    )
    return links.code(link, now)


def scanned(place: Place) -> Scanned:
    _, code = opened(place)
    return links_of(place).scan(code, lambda _link: "asked", place.clock())


def confirmed(place: Place) -> Scanned:
    links, found, now = links_of(place), scanned(place), place.clock()
    links.begin_check(found.link, found.token, now)
    links.confirm(found.link, found.token, "proof", now)
    return found


def test_of_two_phones_that_scan_at_once_one_gets_it(place: Place) -> None:
    links, barrier = links_of(place), Barrier(THREADS)

    def contend(code: str) -> int:
        barrier.wait()
        try:
            links.scan(code, lambda _link: "asked", place.clock())
        except UnknownCode:
            return 0
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(LINKS):
            _, code = opened(place)
            assert sum(pool.map(contend, [code] * THREADS)) == 1


def test_two_good_codes_of_one_page_let_one_phone_in(place: Place) -> None:
    """A page draws its next code before the last has run out."""
    links, barrier = links_of(place), Barrier(2)

    def contend(code: str) -> int:
        barrier.wait()
        try:
            links.scan(code, lambda _link: "asked", place.clock())
        except UnknownCode:
            return 0
        return 1

    with ThreadPoolExecutor(2) as pool:
        for _ in range(LINKS):
            link, first = opened(place)
            place.clock.advance(50)
            _, second = links.code(link, place.clock())
            assert first != second
            assert sum(pool.map(contend, [first, second])) == 1


def test_of_two_tabs_that_take_at_once_one_gets_the_proof(place: Place) -> None:
    links, barrier = links_of(place), Barrier(THREADS)

    def contend(found: Scanned) -> int:
        barrier.wait()
        try:
            return int(links.take(found.link, links.digits(found.link), place.clock()) == "proof")
        except WrongState:
            return 0

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(LINKS):
            assert sum(pool.map(contend, [confirmed(place)] * THREADS)) == 1


def test_guesses_side_by_side_are_counted_one_by_one(place: Place) -> None:
    links, barrier = links_of(place), Barrier(THREADS)

    def contend(found: Scanned) -> int:
        barrier.wait()
        try:
            links.take(found.link, "no", place.clock())
        except WrongDigits:
            return 1
        except (WrongState, LinkGone):
            return 0
        raise AssertionError("taken with wrong digits")

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(LINKS):
            found = confirmed(place)
            assert sum(pool.map(contend, [found] * THREADS)) == TRIES
            assert links.find(found.link.id).ending is Ending.DIGITS


def test_a_page_that_takes_while_the_phone_refuses(place: Place) -> None:
    """One of them is heard, and the other is told."""
    links, barrier = links_of(place), Barrier(2)

    def take(found: Scanned) -> bool:
        barrier.wait()
        try:
            return links.take(found.link, links.digits(found.link), place.clock()) == "proof"
        except WrongState:
            return False

    def refuse(found: Scanned) -> bool:
        barrier.wait()
        try:
            links.refuse(found.link, found.token, Ending.NOT_MINE, place.clock())
        except WrongState:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        for _ in range(LINKS):
            found = confirmed(place)
            one, other = pool.submit(take, found), pool.submit(refuse, found)
            took, refused = one.result(), other.result()
            assert took is not refused
            after = links.find(found.link.id)
            assert after.state is (State.TAKEN if took else State.REFUSED)
            assert after.proof is None


def test_a_phone_that_confirms_while_its_time_ends(place: Place) -> None:
    """Whoever comes late finds it over, though the check began in time; nothing is kept of it."""
    links, found = links_of(place), scanned(place)
    links.begin_check(found.link, found.token, place.clock())
    place.clock.advance(61)
    with pytest.raises((WrongState, LinkGone)):
        links.confirm(found.link, found.token, "proof", place.clock())
