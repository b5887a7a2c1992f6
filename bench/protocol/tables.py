"""What was measured, as tables and as JSON."""

from collections.abc import Callable
from dataclasses import asdict
from statistics import median
from typing import Any

from bench.protocol.measuring import (
    FLOOR_REDIS,
    FLOOR_SQL,
    OURS_REDIS,
    OURS_SQL,
    PEER,
    TARGETS,
    Plan,
    Run,
)
from bench.table import show

COLUMNS = ("ours, SQLite", "its floor", "ours, PG+Redis", "its floor", "peer", "peer / ours", "floor / ours")


SHORT = ("null", "ours, SQLite", "floor, SQLite", "ours, PG+Redis", "floor, PG+Redis", "peer")


def instructions(run: Run) -> float | None:
    return run.kilo_instructions


DETAILS: tuple[tuple[str, Callable[[Run], float | None], int], ...] = (
    (
        "Thousands of instructions of the server for a request, in user space",
        instructions,
        0,
    ),
    ("Share of its core that the server had", lambda run: run.share, 2),
    ("Share of that core that others had: a busy machine", lambda run: run.others, 2),
    ("CPU microseconds of the stores for a request", lambda run: run.stores_cpu, 0),
    ("CPU microseconds of the load generator for a request", lambda run: run.load_cpu, 0),
    ("Milliseconds until the answer, median", lambda run: run.median_ms, 1),
    ("Milliseconds until the answer, nine of ten below", lambda run: run.ninth_ms, 1),
)


class Medians:
    def __init__(self, runs: list[Run]) -> None:
        self._runs = runs

    def of(self, case: str, target: str, what: Callable[[Run], float | None]) -> float | None:
        is_counted = what is instructions
        taken = [run for run in self._runs if (run.case, run.target) == (case, target)]
        all_of_them = [what(run) for run in taken if (run.round == 0) is is_counted]
        found = [one for one in all_of_them if one is not None]
        return median(found) if found else None


def show_all(plan: Plan, runs: list[Run]) -> None:
    found = Medians(runs)
    cases = [case.name for case in plan.cases]
    show(
        f"CPU microseconds of the server for a request, medians of {plan.rounds} rounds",
        ("", *COLUMNS),
        [(case, *_row(found, case, lambda run: run.cpu, inverse=False)) for case in cases],
    )
    show(
        "Requests per second of the server's core, as served",
        ("", *COLUMNS[:5], "ours / peer", "ours / floor"),
        [(case, *_row(found, case, lambda run: run.per_second, inverse=True)) for case in cases],
    )
    for title, what, digits in DETAILS if plan.in_detail else DETAILS[:3]:
        rows = [
            (case, *(_text(found.of(case, target, what), digits) for target in TARGETS)) for case in cases
        ]
        show(title, ("", *SHORT), rows)


def document(plan: Plan, runs: list[Run], machine: str) -> dict[str, Any]:
    said = {**asdict(plan), "cases": [case.name for case in plan.cases]}
    return {"machine": machine, "plan": said, "runs": [asdict(run) for run in runs]}


def _row(found: Medians, case: str, what: Callable[[Run], float], *, inverse: bool) -> tuple[str, ...]:
    values = [found.of(case, target, what) for target in (OURS_SQL, FLOOR_SQL, OURS_REDIS, FLOOR_REDIS, PEER)]
    ours, floor, other = values[2], values[3], values[4]
    ratios = [(ours, other), (ours, floor)] if inverse else [(other, ours), (floor, ours)]
    return (*(_text(value, 0) for value in values), *(_ratio(*pair) for pair in ratios))


def _ratio(first: float | None, second: float | None) -> str:
    return "-" if first is None or not second else f"{first / second:.2f}"


def _text(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
