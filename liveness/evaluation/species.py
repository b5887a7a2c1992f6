"""What the scores say of live people against one kind of attack, or against all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liveness.evaluation.counting import LEAST_SAMPLES, Share
from liveness.evaluation.intervals import Interval, area_interval
from liveness.evaluation.metrics import (
    OperatingPoint,
    area,
    at_apcer,
    at_threshold,
    equal_error,
    tradeoff,
)

BOUNDS = (0.10, 0.05, 0.01)
"""Of APCER, at which BPCER is told: BPCER10, BPCER20 and BPCER100."""


@dataclass(frozen=True, slots=True)
class Separation:
    """Of two sets of at least 100 scores each, whatever the threshold in use."""

    area: float
    area_interval: Interval
    equal_error: OperatingPoint
    bpcer_at_apcer: Mapping[float, OperatingPoint]


@dataclass(frozen=True, slots=True)
class Species:
    """One kind of attack. `no_answer`: APNRR; `accepted`: APCER at the threshold in use, of those that were
    answered. `separation`: None below 100 samples of either class."""

    name: str
    no_answer: Share
    accepted: Share
    separation: Separation | None


@dataclass(frozen=True, slots=True)
class Worst:
    """Over the kinds of which there are 100: what an attacker picks who may pick.

    ACER, the mean of the worst APCER and BPCER, is deprecated in the 2023 edition of ISO/IEC 30107-3,
    as it hides which of the two is bad; it is told because older reports have it.
    """

    name: str
    apcer: Share
    acer: float | None
    bpcer_at_apcer: Mapping[float, OperatingPoint]
    too_few: tuple[str, ...]


def of_species(
    name: str, live: Sequence[float], attacks: Sequence[float], *, presented: int, threshold: float
) -> Species:
    """:param attacks: scores of the attacks that were answered, of `presented` ones."""
    return Species(
        name,
        no_answer=Share(presented - len(attacks), presented),
        accepted=Share(sum(score >= threshold for score in attacks), len(attacks)),
        separation=separation(live, attacks),
    )


def separation(live: Sequence[float], attacks: Sequence[float]) -> Separation | None:
    if min(len(live), len(attacks)) < LEAST_SAMPLES:
        return None
    curve = tradeoff(live, attacks)
    share = area(live, attacks)
    return Separation(
        area=share,
        area_interval=area_interval(share, len(live), len(attacks)),
        equal_error=equal_error(curve),
        bpcer_at_apcer={bound: at_apcer(curve, bound) for bound in BOUNDS},
    )


def worst(
    species: Sequence[Species], scores: Mapping[str, Sequence[float]], live: Sequence[float], bpcer: Share
) -> Worst | None:
    """:param scores: of the answered attacks, by species. :returns: None when there are 100 of no kind."""
    enough = [kind for kind in species if kind.accepted.is_rate]
    if not enough:
        return None
    hardest = max(enough, key=lambda kind: (kind.accepted.count / kind.accepted.total, kind.name))
    at: dict[float, OperatingPoint] = {}
    for bound in BOUNDS if len(live) >= LEAST_SAMPLES else ():
        # No kind may pass more often than that, so the strictest of their thresholds holds for all.
        strictest = max(
            (
                (kind.separation.bpcer_at_apcer[bound].threshold, kind.name)
                for kind in enough
                if kind.separation
            ),
        )
        at[bound] = at_threshold(live, scores[strictest[1]], strictest[0])
    rate, refused = hardest.accepted.rate, bpcer.rate
    return Worst(
        name=hardest.name,
        apcer=hardest.accepted,
        acer=None if rate is None or refused is None else (rate + refused) / 2,
        bpcer_at_apcer=at,
        too_few=tuple(kind.name for kind in species if not kind.accepted.is_rate),
    )
