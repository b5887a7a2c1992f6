"""`make show`, too: the newcomer's two ways, a picture of each step at 1280 and 360 px, and their times.

python -m tests.journeys.show_newcomer [--out show/newcomer]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.journeys import newcomer
from tests.journeys.newcomer_walk import Step
from tests.journeys.show import MODELS
from tests.journeys.stack import ROOT, running
from tests.journeys.test_newcomer import CITIZENS, DEVELOPERS, walking
from tests.virtual_person.browser import chromium


def main() -> None:
    """Walk both; leave pictures and `steps.md`."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.show_newcomer")
    parser.add_argument("--out", type=Path, default=ROOT / "show" / "newcomer")
    out: Path = parser.parse_args().out
    tables = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), MODELS) as stack,
        chromium() as browser,
    ):
        for way in (newcomer.flask, newcomer.single_page):
            name = way.__name__
            places = [out / name / who for who in ("developer", "citizen")]
            for place in places:
                place.mkdir(parents=True, exist_ok=True)
                for file in place.glob("*.png"):
                    file.unlink()
            people = (stack.person(DEVELOPERS[name]), stack.person(CITIZENS[name]))
            with walking(browser, places[0]) as walk, walking(browser, places[1]) as citizen:
                way(walk, stack, people, citizen)
                tables.append(_table(name, [*walk.steps, *citizen.steps]))
    text = "\n\n".join(tables) + "\n"
    (out / "steps.md").write_text(text, "utf-8")
    sys.stdout.write(text)


def _table(name: str, steps: Sequence[Step]) -> str:
    total = Step("together")
    for step in steps:
        total.clicks += step.clicks
        total.fields += step.fields
        total.copied += step.copied
        total.seconds += step.seconds
    lines = [f"| {name} | clicks | fields | copied | seconds |", "|---|---|---|---|---|"]
    for step in (*steps, total):
        row = (step.name, step.clicks, step.fields, step.copied, f"{step.seconds:.1f}")
        lines.append(f"| {' | '.join(map(str, row))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
