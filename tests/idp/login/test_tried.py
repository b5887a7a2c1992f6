"""What the log holds of a number that somebody typed tells numbers of one day apart, and nothing else."""

from datetime import timedelta

from idp.login.tried import KEPT_SECONDS, TriedDigests
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.login.conftest import NOW
from tests.idp.login.visitor import NEWCOMER, PERSON, Site

DAY = timedelta(days=1)
KEY = b"k" * 32
WRONG = "wrong and long enough"


def test_one_day_tells_numbers_apart_in_all_processes() -> None:
    store = MemoryStore(FakeClock(NOW))
    one, other = TriedDigests(store, KEY), TriedDigests(store, KEY)
    assert one.digest("a", NOW) == other.digest("a", NOW)
    assert one.digest("a", NOW) != one.digest("b", NOW)


def test_days_cannot_be_joined() -> None:
    tried = TriedDigests(MemoryStore(FakeClock(NOW)), KEY)
    assert tried.digest("a", NOW) != tried.digest("a", NOW + DAY)


def test_nobody_can_try_numbers_against_the_log_once_the_days_key_is_gone() -> None:
    """Not whoever has the master keys, the database and the store of a later day."""
    clock = FakeClock(NOW)
    store = MemoryStore(clock)
    written = TriedDigests(store, KEY).digest("a", NOW)
    clock.advance(KEPT_SECONDS + 1)
    assert TriedDigests(store, KEY).digest("a", NOW) != written


def test_a_process_remembers_the_keys_of_two_days_at_most() -> None:
    tried = TriedDigests(MemoryStore(FakeClock(NOW)), KEY)
    for days in range(10):
        tried.digest("a", NOW + days * DAY)
    assert len(tried._days) <= 2


def test_refused_numbers_are_told_apart_whether_they_are_anybodys(site: Site) -> None:
    visitor = site.visitor().authorize()
    for someone in (PERSON, NEWCOMER, NEWCOMER):
        visitor.sign_in(someone, WRONG)
    known, unknown, again = site.events("sign_in_refused")
    assert known["person_id"] is not None
    assert unknown["person_id"] is None
    assert known["tried"] != unknown["tried"] == again["tried"]
    assert all(event["v"] == 2 for event in (known, unknown, again))
    assert PERSON.number not in str((known, unknown))


def test_what_waits_is_told_apart_too(site: Site) -> None:
    """Who goes through many numbers is soon told to wait, and looks at no account any more."""
    visitor = site.visitor().authorize()
    while not site.events("sign_in_delayed"):
        visitor.sign_in(NEWCOMER, WRONG)
    assert site.events("sign_in_delayed")[0]["tried"] == site.events("sign_in_refused")[0]["tried"]
