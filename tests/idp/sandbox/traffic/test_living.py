"""Live: at the rate that is asked for, each event at its time, attacks one after another."""

from datetime import timedelta

from idp.sandbox.traffic import attacks
from idp.sandbox.traffic.attacks.planting import Planted
from idp.sandbox.traffic.living import Life
from idp.sandbox.traffic.town import Town
from tests.idp.sandbox.traffic.towns import END


def life(kinds: tuple[str, ...] = (), per_second: float = 20, every: int = 60) -> Life:
    return Life(Town(7, 3000), per_second, kinds, timedelta(seconds=every), END)


def test_so_many_events_come_in_a_second_from_the_first_one_on() -> None:
    lives = life()
    minutes = [len(lives.until(END + timedelta(minutes=number))) for number in range(1, 16)]
    assert all(0.7 * 1200 < count < 1.4 * 1200 for count in minutes)
    assert 0.9 * 1200 < sum(minutes) / 15 < 1.1 * 1200


def test_nothing_comes_before_its_time_or_twice() -> None:
    lives, before = life(("spraying",)), END
    seen: set[tuple[object, ...]] = set()
    for number in range(1, 60):
        now = END + timedelta(seconds=number * 3)
        for one in lives.until(now):
            assert before < one.at <= now or one.at == END
            told = (one.at, one.event, one.context.request_id)
            assert told not in seen
            seen.add(told)
        before = now


def test_each_kind_of_attack_has_its_turn() -> None:
    planted: list[Planted] = []
    lives = life(tuple(attacks.ALL), per_second=0.5, every=60)
    lives.planted = planted.append
    lives.until(END + timedelta(minutes=2 * len(attacks.ALL)))
    assert [one.kind for one in planted[: len(attacks.ALL)]] == list(attacks.ALL)
    assert {one.intensity for one in planted} == {"loud", "distributed"}
