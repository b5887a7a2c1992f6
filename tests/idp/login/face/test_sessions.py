import dataclasses
import random

import pytest

from idp.crypto import master_key
from idp.crypto.fields import FieldCipher
from idp.login.face.sessions import FaceResult, FaceSession, FaceSessions
from idp.storage.ephemeral.memory import MemoryStore
from liveness import Challenge, FrameFacts, new_challenge
from tests.fakes import FakeClock
from tests.idp.login.engine import ActingEngine, picture

BROWSER = "the digest of a browser"
FRAMES_AT_MOST = 12


class Place:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        keys = master_key.parse(master_key.generate(self.clock(), purpose="development"))
        self.cipher = FieldCipher(keys.encryption)
        self.sessions = FaceSessions(self.store, self.cipher, frames_at_most=FRAMES_AT_MOST)

    def challenge(self) -> Challenge:
        return new_challenge(self.clock(), random=random.Random(1))

    def start(self) -> FaceSession:
        return self.sessions.start(
            "login", "the-person", BROWSER, self.challenge(), keeps_portrait=True, now=self.clock()
        )

    def facts(self, start: int, count: int = 4) -> tuple[FrameFacts, ...]:
        engine = ActingEngine()
        return tuple(
            engine.read(picture("zhang", "neutral", start + i), t_ms=(start + i) * 100, received_ms=start)
            for i in range(count)
        )


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_session_is_found_again_in_its_browser_alone(place: Place) -> None:
    session = place.start()
    assert place.sessions.find(session.id, BROWSER, place.clock()) == session
    assert place.sessions.find(session.id, "another", place.clock()) is None
    assert place.sessions.find("unknown", BROWSER, place.clock()) is None


def test_a_session_ends_with_its_time(place: Place) -> None:
    session = place.start()
    place.clock.advance(121)
    assert place.sessions.find(session.id, BROWSER, place.clock()) is None


def test_one_caller_takes_it(place: Place) -> None:
    session = place.start()
    assert place.sessions.take(session) is not None
    assert place.sessions.take(session) is None
    found = place.sessions.find(session.id, BROWSER, place.clock())
    assert found is not None
    assert found.is_taken


def test_facts_come_back_as_they_were_in_the_order_of_time(place: Place) -> None:
    session = place.start()
    first, second = place.facts(0), place.facts(4)
    assert place.sessions.add(session, "live", 1, second) == ()
    assert place.sessions.add(session, "live", 0, first) == (*first, *second)
    assert place.sessions.add(session, "live", 0, second) == (*first, *second)
    assert place.sessions.facts(session, "live") == (*first, *second)
    assert place.sessions.facts(session, "film") == ()


def test_there_are_never_more_frames_than_allowed(place: Place) -> None:
    session = place.start()
    for batch in range(FRAMES_AT_MOST // 4):
        assert place.sessions.add(session, "live", batch, place.facts(batch * 4)) is not None
    assert place.sessions.add(session, "live", 3, place.facts(12)) is None


def test_a_film_is_a_film_from_its_beginning(place: Place) -> None:
    session = place.start()
    film = place.sessions.as_film(session, place.clock())
    assert film == dataclasses.replace(session, mode="film")
    assert place.sessions.take(session) is None
    other = place.start()
    place.sessions.add(other, "live", 0, place.facts(0))
    assert place.sessions.as_film(other, place.clock()) is None


def test_nothing_lies_open_in_the_store(place: Place) -> None:
    session = place.start()
    place.sessions.add(session, "live", 0, place.facts(0))
    place.sessions.keep_portrait(session, b"a picture of a face")
    held = b"".join(value for value, _ in place.store._entries.values())
    assert not any(text in held for text in (b"picture", b"landmarks", b"blink", b"nonce", b"the-person"))
    assert session.id not in "".join(place.store._entries)


def test_facts_and_portrait_expire_by_themselves(place: Place) -> None:
    """Should nobody come back to drop them: the process was killed, or the page was closed."""
    session = place.start()
    place.sessions.add(session, "live", 0, place.facts(0))
    place.sessions.keep_portrait(session, b"a picture of a face")
    place.clock.advance(119)
    assert len(place.sessions.facts(session, "live")) == 4
    place.sessions.add(session, "live", 1, place.facts(4))
    place.clock.advance(1)
    assert place.sessions.facts(session, "live") == ()
    assert place.sessions.take_portrait(session) is None
    assert place.sessions.find(session.id, BROWSER, place.clock()) is None


def test_the_first_portrait_stays_and_is_taken_once(place: Place) -> None:
    session = place.start()
    place.sessions.keep_portrait(session, b"first")
    place.sessions.keep_portrait(session, b"second")
    assert place.sessions.take_portrait(session) == b"first"
    assert place.sessions.take_portrait(session) is None


def test_the_result_is_for_its_browser(place: Place) -> None:
    session = place.start()
    result = FaceResult("the-person", BROWSER, True, "/onward")
    place.sessions.end(session, result)
    assert place.sessions.result(session.id, BROWSER) == result
    assert place.sessions.result(session.id, "another") is None
    assert place.sessions.find(session.id, BROWSER, place.clock()) is None


def test_facts_of_one_session_do_not_open_in_another(place: Place) -> None:
    from idp.crypto.fields import CannotOpen

    one, other = place.start(), place.start()
    place.sessions.add(one, "live", 0, place.facts(0))
    keys = {key: value for key, (value, _) in place.store._entries.items() if key.endswith(":live")}
    (sealed,) = keys.values()
    (from_key,) = keys
    one_part = from_key.split(":")[1]
    other_key = next(key for key in place.store._entries if one_part not in key)
    place.store.put(f"{other_key}:live", sealed, seconds=60)
    with pytest.raises(CannotOpen):
        place.sessions.facts(other, "live")
