"""Results of an evaluation, made for a test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from liveness.evaluation.dataset import Dataset, Row
from liveness.evaluation.running import Sample
from liveness.evaluation.scoring import Outcome
from liveness.evaluation.summary import Summary, summarise
from liveness.types import Action


def row(line: int, attack: str | None = None, source: str = "desk", actions: tuple[Action, ...] = ()) -> Row:
    return Row(line, f"{line}.jpg", Path(f"{line}.jpg"), attack, source, actions)


def samples(
    scores: Iterable[float | None], attack: str | None = None, source: str = "desk"
) -> tuple[Sample, ...]:
    """One still picture a score; None is one without an answer."""
    return tuple(
        Sample(
            row(index + 2, attack, source),
            Outcome("still", 1, score) if score is not None else Outcome("still", no_answer="no_face"),
            sha256=f"{source} {attack} {index}",
        )
        for index, score in enumerate(scores)
    )


def summary_of(found: tuple[Sample, ...], *, threshold: float = 0.5) -> Summary:
    dataset = Dataset("set.csv", tuple(sample.row for sample in found), ())
    return summarise(dataset, found, setup="s" * 64, models={"pad/one": "a" * 64}, threshold=threshold)


def spread(count: int, wrong: int, *, right: float, other: float) -> list[float]:
    """`wrong` of `count` scores on the other side, all different."""
    return [(other if i < wrong else right) + i / 10_000 for i in range(count)]
