"""Streams of events that cannot wear a server out."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from idp.audit.recorded import Place, Recorded
from idp.audit.searching.tailing import News
from idp.security.live import tail
from idp.security.live.tail import LASTS_SECONDS, Rooms, stream
from tests.idp.security.test_words import recorded

AT = datetime(2026, 11, 22, tzinfo=UTC)


class Log:
    """Something that happens at each look; time goes by while one pauses."""

    def __init__(self, *looks: News) -> None:
        self.looks = list(looks)
        self.now = 0.0
        self.asked: list[Place] = []
        self.is_there = True

    def look(self, after: Place) -> News:
        self.asked.append(after)
        return self.looks.pop(0) if self.looks else News(after, (), is_cut=False)

    def lines(self, *, has_room: bool = True, after: Place = (0, 1)) -> list[str]:
        return list(
            stream(
                self.look,
                after,
                is_there=lambda: self.is_there,
                shown=shown,
                has_room=has_room,
                pause=self.pause,
                timer=lambda: self.now,
            )
        )

    def pause(self, seconds: float) -> None:
        self.now += seconds


def shown(event: Recorded) -> dict[str, str]:
    return {"id": event.id}


def test_events_come_with_their_places_and_the_stream_ends_by_itself() -> None:
    log = Log(News((0, 5), (recorded("signed_in"),), is_cut=False))
    lines = log.lines()
    assert lines[0] == "retry: 500\n\n"
    assert lines[1] == 'event: audit\nid: 0.1\ndata: {"id": "1"}\n\n'
    assert set(lines[2:]) == {"id: 0.5\n\n"}
    assert log.asked[:2] == [(0, 1), (0, 5)]
    assert LASTS_SECONDS - 2 <= log.now <= LASTS_SECONDS


def test_without_room_it_looks_once_and_asks_to_come_again_later() -> None:
    log = Log()
    assert log.lines(has_room=False) == ["retry: 3000\n\n", "id: 0.1\n\n"]
    assert log.now == 0


def test_a_flood_is_told_of() -> None:
    assert "event: cut\ndata: {}\n\n" in Log(News((0, 9), (), is_cut=True)).lines(has_room=False)


def test_it_ends_with_the_session_of_who_watches() -> None:
    log = Log()
    log.is_there = False
    assert log.lines()[1:] == ["event: over\ndata: {}\n\n"]
    assert log.asked == []


def test_attack_one_officer_opens_many_streams() -> None:
    rooms = Rooms(whole=3, each=2)
    assert [rooms.enter("a") for _ in range(4)] == [True, True, False, False]
    assert [rooms.enter("b") for _ in range(2)] == [True, False]
    rooms.leave("a")
    assert rooms.enter("b")
    for officer in ("a", "b", "b"):
        rooms.leave(officer)
    with rooms.room("a") as first, rooms.room("a") as second, rooms.room("a") as third:
        assert (first, second, third) == (True, True, False)
    assert [rooms.enter("c") for _ in range(3)] == [True, True, False]


@given(st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1)))
def test_a_place_is_read_as_it_is_written(place: Place) -> None:
    assert tail.read_place(tail.written(place)) == place


@given(st.text(max_size=60))
def test_nothing_else_is_a_place(text: str) -> None:
    found = tail.read_place(text)
    assert found is None or all(-(2**63) <= one < 2**63 for one in found)
