"""`acr` values and the levels behind them, and what a request asks of them.

OpenID Connect Core 1.0: `acr_values` is a wish (section 3.1.2.1), an essential `acr` claim with values
is a condition (section 5.5.1.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass

PREFIX = "urn:yitong:acr:"
LOWEST = 1
HIGHEST_REACHABLE = 3
"""Level 4 needs certificates in hardware, which no factor here reads yet."""
ACR_VALUES = tuple(f"{PREFIX}{level}" for level in range(LOWEST, HIGHEST_REACHABLE + 1))


def acr(level: int) -> str:
    return f"{PREFIX}{level}"


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


def ask(minimum: int, acr_values: Iterable[str], essential: Iterable[str]) -> LevelAsked:
    """Combine the client's minimum with the request's wishes and conditions.

    A wish that cannot be reached leaves the next in the client's order; a condition that cannot is
    `unreachable`: never a lower level in silence.
    """
    conditions = tuple(essential)
    reachable = tuple(sorted(level for value in conditions if (level := level_of_acr(value)) is not None))
    wished = next((level for value in acr_values if (level := level_of_acr(value)) is not None), LOWEST)
    met_by_minimum = [level for level in reachable if level >= minimum]
    if conditions:
        # A level below the client's minimum is never issued, so such values cannot be answered with.
        return LevelAsked(minimum, tuple(met_by_minimum), unreachable=not met_by_minimum)
    return LevelAsked(max(minimum, wished), unreachable=minimum > HIGHEST_REACHABLE)
