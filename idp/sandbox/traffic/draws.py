"""Chance that can be had again: all that is made up comes of one seed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import exp
from random import Random
from typing import TypeVar

from idp.crypto.digests import base64url

Item = TypeVar("Item")
POISSON_BY_NORMAL = 30
"""From this mean on a normal distribution is near enough, and quicker."""


class Draws(Random):
    """A stream of its own for each part of the town, so that one part changes no other."""

    def __init__(self, *seeds: object) -> None:
        super().__init__(" ".join(map(str, seeds)))

    def uuid(self, at: datetime) -> str:
        """As `idp.storage.base.new_id`, drawn."""
        random = self.getrandbits(74)
        value = (
            int(at.timestamp() * 1000) << 80 | 7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random % 2**62
        )
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def digest(self) -> str:
        """As `idp.crypto.digests.digest` of something."""
        return base64url(self.randbytes(32))

    def hexadecimal(self) -> str:
        return self.randbytes(32).hex()

    def short(self) -> str:
        """As a request's id."""
        return base64url(self.randbytes(12))

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def count(self, mean: float) -> int:
        """How often something happens that happens `mean` times on average (Poisson)."""
        if mean > POISSON_BY_NORMAL:
            return max(0, round(self.gauss(mean, mean**0.5)))
        limit, product, found = exp(-mean), self.random(), 0
        while product > limit:
            product *= self.random()
            found += 1
        return found

    def seconds(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=self.uniform(least, most))

    def moment(self, begin: datetime, end: datetime) -> datetime:
        return begin + (end - begin) * self.random()

    def moments(self, count: int, begin: datetime, end: datetime) -> list[datetime]:
        """In order."""
        return sorted(self.moment(begin, end) for _ in range(count))

    def evenly(self, count: int, begin: datetime, end: datetime) -> list[datetime]:
        """A machine's rhythm: one in each of `count` equal parts, in order."""
        step = (end - begin) / count
        return [begin + step * (number + self.uniform(0.1, 0.9)) for number in range(count)]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """All different, as many as there are."""
        return self.sample(items, min(count, len(items)))


def fixed_uuid(*parts: object) -> str:
    """The same for the same parts: of somebody who is always there."""
    number = int.from_bytes(sha256(" ".join(map(str, parts)).encode()).digest(), "big")
    return Draws(number).uuid(datetime(2025, 1, 1, tzinfo=UTC))
