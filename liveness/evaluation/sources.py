"""What holds at a place that the threshold was not chosen at?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liveness.evaluation.counting import Share
from liveness.evaluation.metrics import equal_error, tradeoff
from liveness.evaluation.running import Sample


@dataclass(frozen=True, slots=True)
class Source:
    """One source at the threshold in use: non-responses, and errors among the answered."""

    name: str
    live_no_answer: Share
    live_refused: Share
    attacks_no_answer: Share
    attacks_accepted: Share


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One source at the threshold of equal errors of all the others, of whose scores there were so many."""

    name: str
    threshold: float
    chosen_on_live: int
    chosen_on_attacks: int
    live_refused: Share
    attacks_accepted: Share


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """`live_refused`, `attacks_accepted`: over all sources that were left out, each at its own threshold.
    `not_tried`: sources without which there are no live scores or no attacks to choose on."""

    sources: tuple[LeftOut, ...]
    live_refused: Share
    attacks_accepted: Share
    not_tried: tuple[str, ...]


def by_source(samples: Sequence[Sample], threshold: float) -> tuple[Source, ...]:
    return tuple(_source(name, _of(samples, name), threshold) for name in _names(samples))


def leave_one_out(samples: Sequence[Sample]) -> LeaveOneOut | None:
    """None when there is but one source."""
    names = _names(samples)
    if len(names) < 2:
        return None
    tried, not_tried = [], []
    for name in names:
        others = [sample for sample in samples if sample.row.source != name]
        live, attacks = answered(others, live=True), answered(others, live=False)
        if not live or not attacks:
            not_tried.append(name)
            continue
        threshold = equal_error(tradeoff(live, attacks)).threshold
        here = _source(name, _of(samples, name), threshold)
        tried.append(
            LeftOut(name, threshold, len(live), len(attacks), here.live_refused, here.attacks_accepted)
        )
    return LeaveOneOut(
        tuple(tried),
        _sum([source.live_refused for source in tried]),
        _sum([source.attacks_accepted for source in tried]),
        tuple(not_tried),
    )


def answered(samples: Sequence[Sample], *, live: bool) -> list[float]:
    """The scores of one class, in the order of the samples."""
    return [s.outcome.score for s in samples if s.row.is_live is live and s.outcome.score is not None]


def _source(name: str, samples: Sequence[Sample], threshold: float) -> Source:
    live, attacks = answered(samples, live=True), answered(samples, live=False)
    people = sum(sample.row.is_live for sample in samples)
    return Source(
        name,
        live_no_answer=Share(people - len(live), people),
        live_refused=Share(sum(score < threshold for score in live), len(live)),
        attacks_no_answer=Share(len(samples) - people - len(attacks), len(samples) - people),
        attacks_accepted=Share(sum(score >= threshold for score in attacks), len(attacks)),
    )


def _names(samples: Sequence[Sample]) -> list[str]:
    return sorted({sample.row.source for sample in samples})


def _of(samples: Sequence[Sample], source: str) -> list[Sample]:
    return [sample for sample in samples if sample.row.source == source]


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(share.count for share in shares), sum(share.total for share in shares))
