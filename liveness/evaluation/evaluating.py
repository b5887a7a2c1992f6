"""`python -m liveness evaluate`: from the list of a data set to report and DET plot."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from liveness.engine import Engine
from liveness.evaluation import det_plot
from liveness.evaluation.counting import LEAST_SAMPLES
from liveness.evaluation.dataset import Dataset, DatasetInvalid, read_dataset
from liveness.evaluation.document import to_json
from liveness.evaluation.fingerprint import of_setup
from liveness.evaluation.journal import Journal
from liveness.evaluation.metrics import at_threshold, tradeoff
from liveness.evaluation.report import to_markdown
from liveness.evaluation.running import Sample, score_rows
from liveness.evaluation.sources import answered
from liveness.evaluation.summary import ALL_ATTACKS, Summary, scores_by_attack, summarise
from liveness.onnx import ModelPack


def evaluate(dataset_path: Path, *, out: Path | None, jobs: int, pack: ModelPack) -> int:
    """Print the report; with `out`, also write report.json, report.md, scores.csv and det.png there.

    :returns: 0 done, 2 nothing to evaluate. Single bad rows are told in the report.
    """
    try:
        dataset = read_dataset(dataset_path)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
    except (DatasetInvalid, OSError) as error:
        print(f"liveness: {error}", file=sys.stderr)
        return 2
    for complaint in dataset.complaints:
        print(f"{dataset_path.name}, line {complaint.line}: {complaint.words}", file=sys.stderr)
    if not dataset.rows:
        print(f"liveness: {dataset_path} has no presentation that can be counted", file=sys.stderr)
        return 2
    setup = of_setup(pack)
    try:
        samples = _scored(dataset, setup=setup, out=out, jobs=jobs, pack=pack)
        threshold = pack.thresholds.antispoof
        summary = summarise(dataset, samples, setup=setup, models=pack.hashes, threshold=threshold)
        report = to_markdown(summary)
        if out is not None:
            _write(out, summary, report, samples)
    except OSError as error:  # of what is written: what cannot be read has its line in the report
        print(f"liveness: {error}", file=sys.stderr)
        return 2
    console = Console()
    if console.is_terminal:
        console.print(Markdown(report))
    else:
        print(report, end="")
    return 0


def _scored(
    dataset: Dataset, *, setup: str, out: Path | None, jobs: int, pack: ModelPack
) -> tuple[Sample, ...]:
    with (
        Journal.open(out / "scores.csv") if out is not None else nullcontext() as journal,
        _bar(len(dataset.rows)) as bar,
    ):
        return score_rows(
            Engine(pack),
            dataset.rows,
            setup=setup,
            jobs=jobs,
            journal=journal,
            on_done=lambda: bar.advance(bar.task_ids[0]),
        )


def _write(out: Path, summary: Summary, report: str, samples: tuple[Sample, ...]) -> None:
    (out / "report.json").write_text(to_json(summary), encoding="utf-8")
    (out / "report.md").write_text(report, encoding="utf-8")
    picture = out / "det.png"
    lines = _det_lines(samples, summary.threshold)
    if lines:
        picture.write_bytes(det_plot.draw(f"DET, {summary.dataset}", lines))
    else:
        picture.unlink(missing_ok=True)  # an older one would be taken for this run's


def _det_lines(samples: tuple[Sample, ...], threshold: float) -> list[det_plot.Line]:
    """A curve for each kind of attack of which there are enough for a rate, and one for all together."""
    live = answered(samples, live=True)
    kinds = scores_by_attack(samples)
    if len(kinds) > 1:
        kinds[ALL_ATTACKS] = answered(samples, live=False)
    return [
        det_plot.Line(name, tradeoff(live, scores), at_threshold(live, scores, threshold))
        for name, scores in kinds.items()
        if min(len(live), len(scores)) >= LEAST_SAMPLES
    ]


@contextmanager
def _bar(rows: int) -> Iterator[Progress]:
    """On stderr, for people at a terminal alone."""
    errors = Console(stderr=True)
    columns = TextColumn("presentations"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        bar.add_task("presentations", total=rows)
        yield bar
