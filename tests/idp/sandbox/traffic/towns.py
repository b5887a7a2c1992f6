"""A small town and its days, for the tests of traffic."""

from datetime import UTC, datetime, timedelta

from idp.sandbox.traffic.generation import Traffic
from idp.sandbox.traffic.happenings import Happening
from idp.sandbox.traffic.rhythm import Span
from idp.sandbox.traffic.town import Town

END = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""A Friday evening in China."""


def span(days: float = 14) -> Span:
    return Span(END - timedelta(days=days), END)


def traffic(kinds: tuple[str, ...] = (), *, days: float = 14, people: int = 60, seed: int = 7) -> Traffic:
    return Traffic(Town(seed, people), span(days), kinds)


def all_of(made: Traffic) -> list[Happening]:
    return [one for part in made.parts() for one in part]
