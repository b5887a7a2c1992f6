"""`acr` values and the levels behind them, and what a request asks of them.

OpenID Connect Core 1.0: `acr_values` is a wish (section 3.1.2.1), an essential `acr` claim with values
is a condition (section 5.5.1.1).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PREFIX = "urn:yitong:acr:"
LOWEST = 1
VERIFIED = 2
"""Name and number agree with the population register, and something binds the person to them."""
PRESENT = 3
"""And the person is here now."""
HIGHEST = 4
HIGHEST_WITHOUT_LICENCES = 3
"""Level 4 is of certificates whose key is in hardware. Where no authority is trusted that says so, nobody
reaches it."""
ACR_VALUES = tuple(f"{PREFIX}{level}" for level in range(LOWEST, HIGHEST + 1))


def acr(level: int) -> str:
    return f"{PREFIX}{level}"


def acr_values(highest: int) -> list[str]:
    """Those that can be reached."""
    return [acr(level) for level in range(LOWEST, highest + 1)]


def level_of_acr(value: str) -> int | None:
    """The level of an `acr` value that we offer; None for any other text."""
    return int(value.removeprefix(PREFIX)) if value in ACR_VALUES else None


@dataclass(frozen=True, slots=True)
class LevelAsked:
    """What a request and its client ask: at least `minimum`, and one of `essential` if any are given."""

    minimum: int
    essential: tuple[int, ...] = ()
    unreachable: bool = False
    """No value that was asked for as essential can be reached here, whatever the person does."""

    def is_met_by(self, level: int) -> bool:
        return not self.unreachable and level >= self.needed

    @property
    def needed(self) -> int:
        """The lowest level that meets the request."""
        return max(self.minimum, min(self.essential, default=LOWEST))

    def reported(self, level: int) -> int:
        """The level for the `acr` claim: an essential request gets one of its own values back."""
        return max((value for value in self.essential if value <= level), default=level)


def ask(
    minimum: int, acr_values: Iterable[str], essential: Iterable[str], highest: int = HIGHEST
) -> LevelAsked:
    """Combine the client's minimum with the request's wishes and conditions. `highest`: what can be reached.

    A wish that cannot be reached leaves the next in the client's order; a condition that cannot is
    `unreachable`: never a lower level in silence.
    """
    conditions = tuple(essential)
    reachable = sorted(_reachable(conditions, highest))
    wished = next(_reachable(acr_values, highest), LOWEST)
    met_by_minimum = [level for level in reachable if level >= minimum]
    if conditions:
        # A level below the client's minimum is never issued, so such values cannot be answered with.
        return LevelAsked(minimum, tuple(met_by_minimum), unreachable=not met_by_minimum)
    return LevelAsked(max(minimum, wished), unreachable=minimum > highest)


def _reachable(values: Iterable[str], highest: int) -> Iterator[int]:
    for value in values:
        level = level_of_acr(value)
        if level is not None and level <= highest:
            yield level
