"""Everything that an evaluation found, as numbers. The same samples give the same summary, byte by byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from liveness.evaluation.counting import Share
from liveness.evaluation.dataset import Complaint, Dataset
from liveness.evaluation.running import Sample
from liveness.evaluation.sessions import Sessions, of_sessions
from liveness.evaluation.sources import LeaveOneOut, Source, answered, by_source, leave_one_out
from liveness.evaluation.species import Separation, Species, Worst, of_species, separation, worst

ALL_ATTACKS = "all attacks"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A presentation without a score, by its line in the list."""

    line: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """`threshold`: of the antispoof gate, as it is in use. `live_no_answer`: BPNRR; `live_refused`: BPCER.
    `together`: all attacks pooled, which hides the dangerous kind among many harmless ones.
    `repeated`: presentations whose content came before; `contradicting`: those that came with another label.
    """

    dataset: str
    setup: str
    models: Mapping[str, str]
    threshold: float
    kinds: Mapping[str, int]
    live_no_answer: Share
    live_refused: Share
    species: tuple[Species, ...]
    together: Separation | None
    worst: Worst | None
    sources: tuple[Source, ...]
    leave_one_out: LeaveOneOut | None
    sessions: tuple[Sessions, ...]
    repeated: int
    contradicting: int
    unanswered: tuple[Unanswered, ...]
    complaints: tuple[Complaint, ...]


def summarise(
    dataset: Dataset,
    samples: tuple[Sample, ...],
    *,
    setup: str,
    models: Mapping[str, str],
    threshold: float,
) -> Summary:
    live, attacks = answered(samples, live=True), answered(samples, live=False)
    people = sum(sample.row.is_live for sample in samples)
    by_kind = scores_by_attack(samples)
    presented = Counter(sample.row.attack for sample in samples if sample.row.attack is not None)
    species = tuple(
        of_species(name, live, scores, presented=presented[name], threshold=threshold)
        for name, scores in by_kind.items()
    )
    refused = Share(sum(score < threshold for score in live), len(live))
    repeated, contradicting = _repeated(samples)
    return Summary(
        dataset=dataset.name,
        setup=setup,
        models=dict(models),
        threshold=threshold,
        kinds=dict(sorted(Counter(s.outcome.kind or "none" for s in samples).items())),
        live_no_answer=Share(people - len(live), people),
        live_refused=refused,
        species=species,
        together=separation(live, attacks),
        worst=worst(species, by_kind, live, refused),
        sources=by_source(samples, threshold),
        leave_one_out=leave_one_out(samples),
        sessions=of_sessions(samples),
        repeated=repeated,
        contradicting=contradicting,
        unanswered=tuple(
            Unanswered(s.row.line, s.row.name, s.outcome.no_answer) for s in samples if s.outcome.no_answer
        ),
        complaints=dataset.complaints,
    )


def scores_by_attack(samples: tuple[Sample, ...]) -> dict[str, list[float]]:
    """Every kind of attack that was presented, by name, also one of which none was answered."""
    found: dict[str, list[float]] = {s.row.attack: [] for s in samples if s.row.attack is not None}
    for sample in samples:
        if sample.row.attack is not None and sample.outcome.score is not None:
            found[sample.row.attack].append(sample.outcome.score)
    return dict(sorted(found.items()))


def _repeated(samples: tuple[Sample, ...]) -> tuple[int, int]:
    labels: dict[str, bool] = {}
    repeated = contradicting = 0
    for sample in samples:
        if not sample.sha256:
            continue
        if sample.sha256 in labels:
            repeated += 1
            contradicting += labels[sample.sha256] is not sample.row.is_live
        labels.setdefault(sample.sha256, sample.row.is_live)
    return repeated, contradicting
