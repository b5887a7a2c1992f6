"""What was measured, as tables for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from liveness.benchmark.measuring import Measured
from liveness.benchmark.session import Cost, Material


def document(material: Material, measured: Measured) -> dict[str, Any]:
    """Medians over the rounds; milliseconds of CPU, MB of 10^6 bytes."""
    found: dict[str, Any] = {
        "frames": len(material.frames),
        "seconds": round(material.frames[-1].t_ms / 1000, 2),
        "rounds": len(measured.quick),
        "cpu_ms": _middle(measured.quick),
        "runs": dict(measured.quick[-1].runs),
        "refused_by": measured.quick[-1].verdict.refused_by,
        "memory_mb": {
            "before": measured.before_mb,
            "after_first_session": measured.first_mb,
            "peak": measured.peak_mb,
            "growth_in_1000_sessions": measured.growth_mb(),
        },
    }
    if measured.full:
        found["full"] = {
            "cpu_ms": _middle(measured.full),
            "runs": dict(measured.full[-1].runs),
            "refused_by": measured.full[-1].verdict.refused_by,
            "scores_apart": measured.apart(),
        }
    if measured.paces:
        found["threads"] = [
            {
                "threads": pace.threads,
                "sessions_a_second": median(pace.sessions_a_second),
                "times_one_thread": median(
                    many / one
                    for many, one in zip(
                        pace.sessions_a_second, measured.paces[0].sessions_a_second, strict=True
                    )
                ),
                "cpu_ms": median(pace.cpu_ms),
                "share_of_a_core": median(pace.share),
                "peak_mb": pace.peak_mb,
            }
            for pace in measured.paces
        ]
    return found


def _middle(costs: Sequence[Cost]) -> dict[str, float]:
    stages = {stage: median(cost.cpu_ms.get(stage, 0.0) for cost in costs) for stage in costs[0].cpu_ms}
    return stages | {"all": median(cost.total_ms for cost in costs)}


def show(found: dict[str, Any]) -> None:
    """Three tables: stages, memory, threads."""
    console = Console(highlight=False)
    console.print(_stages(found))
    console.print(_memory(found["memory_mb"], found["rounds"]))
    if "threads" in found:
        console.print(_threads(found["threads"]))
    console.print(f"verdict: {found['refused_by'] or 'nothing speaks against it, as far as was tried'}")
    if "full" in found:
        full = found["full"]
        console.print(
            f"in full: {full['refused_by'] or 'the same'}; scores at most {full['scores_apart']:.4f} apart"
            if full["refused_by"] == found["refused_by"]
            else f"in full: {full['refused_by'] or 'no refusal'}, which is ANOTHER verdict"
        )


def as_json(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2)


def _stages(found: dict[str, Any]) -> Table:
    title = f"{found['frames']} frames over {found['seconds']} s, CPU ms, median of {found['rounds']} rounds"
    table = Table(title=title, title_justify="left")
    full = found.get("full")
    for heading in ("stage", "frames", "ms", *(("frames, in full", "ms, in full") if full else ())):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for stage, ms in found["cpu_ms"].items():
        row = [stage, str(found["runs"].get(stage, "")), f"{ms:.1f}"]
        if full:
            row += [str(full["runs"].get(stage, "")), f"{full['cpu_ms'][stage]:.1f}"]
        table.add_row(*row, end_section=stage == "rest")
    return table


def _memory(memory: dict[str, float | None], rounds: int) -> Table:
    table = Table("before", "after the first session", "peak", title="Memory, MB", title_justify="left")
    cells = [memory["before"], memory["after_first_session"], memory["peak"]]
    growth = memory["growth_in_1000_sessions"]
    if growth is not None:
        table.add_column(f"growth in 1,000 sessions, from {rounds}")
        cells.append(growth)
    table.add_row(*("unknown" if mb is None else f"{mb:.1f}" for mb in cells))
    return table


def _threads(paces: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Threads, in turn in every round", title_justify="left")
    for heading in (
        "threads",
        "sessions a second",
        "times one thread",
        "CPU ms",
        "of a core each",
        "peak MB",
    ):
        table.add_column(heading, justify="right")
    for pace in paces:
        table.add_row(
            str(pace["threads"]),
            f"{pace['sessions_a_second']:.2f}",
            f"{pace['times_one_thread']:.2f}",
            f"{pace['cpu_ms']:.0f}",
            f"{pace['share_of_a_core']:.0%}",
            "unknown" if pace["peak_mb"] is None else f"{pace['peak_mb']:.0f}",
        )
    return table
