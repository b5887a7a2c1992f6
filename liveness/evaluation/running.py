"""Score a whole data set on several threads, going on where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

from liveness.engine import Engine
from liveness.evaluation.dataset import Row
from liveness.evaluation.fingerprint import of_content
from liveness.evaluation.journal import Journal, Key
from liveness.evaluation.scoring import Outcome, score
from liveness.recordings import RecordingRefused, kind_of

_AHEAD = 4  # presentations waiting for each thread: an interrupted run has little to wind up


@dataclass(frozen=True, slots=True)
class Sample:
    """A row and what came of it. `sha256`: of its content; empty when there was none."""

    row: Row
    outcome: Outcome
    sha256: str = ""


def score_rows(
    engine: Engine,
    rows: tuple[Row, ...],
    *,
    setup: str,
    jobs: int,
    journal: Journal | None,
    on_done: Callable[[], None],
) -> tuple[Sample, ...]:
    """In the order of the rows, whichever thread was first.

    :param setup: `fingerprint.of_setup` of the engine's pack.
    :param on_done: called after each row, on the calling thread.
    """
    done: dict[int, Sample] = {}
    with ThreadPoolExecutor(max_workers=jobs) as threads:
        try:
            for row, sample, is_new in _as_completed(threads, engine, rows, setup, jobs, journal):
                done[row.line] = sample
                if is_new and journal is not None and sample.sha256:
                    journal.add(row, Key.of(row, sample.sha256, setup), sample.outcome)
                on_done()
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    samples = tuple(done[row.line] for row in rows)
    if journal is not None:
        journal.finish((s.row, Key.of(s.row, s.sha256, setup), s.outcome) for s in samples)
    return samples


def _as_completed(
    threads: ThreadPoolExecutor,
    engine: Engine,
    rows: tuple[Row, ...],
    setup: str,
    jobs: int,
    journal: Journal | None,
) -> Iterator[tuple[Row, Sample, bool]]:
    def one(row: Row) -> tuple[Row, Sample, bool]:
        try:
            kind = kind_of(row.path)
            sha256 = of_content(row.path, kind)
        except RecordingRefused as refused:
            return row, Sample(row, Outcome("", no_answer=refused.reason)), False
        except (OSError, ValueError):
            return row, Sample(row, Outcome("", no_answer="missing")), False
        known = journal.find(Key.of(row, sha256, setup)) if journal is not None else None
        outcome = known or score(engine, row.path, kind, actions=row.actions, fps=row.fps)
        return row, Sample(row, outcome, sha256), known is None

    waiting = iter(rows)
    pending: set[Future[tuple[Row, Sample, bool]]] = set()
    while True:
        pending |= {threads.submit(one, row) for row in islice(waiting, jobs * _AHEAD - len(pending))}
        if not pending:
            return
        ended, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in ended:
            yield future.result()
