"""`make show`, too: the newcomer's ways, a picture of each step at 1280 and 360 px, and their times.

python -m tests.journeys.show_newcomer [--out show/newcomer]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from idp.people.sandbox.population import SandboxPerson
from tests.journeys import newcomer, newcomer_failures, newcomer_levels
from tests.journeys.newcomer_walk import Step, Walk
from tests.journeys.show import MODELS
from tests.journeys.stack import ROOT, Stack, running
from tests.journeys.test_newcomer import CITIZENS, DEVELOPERS, FOREIGN, LANGUAGES, walking
from tests.virtual_person.browser import chromium

ADDRESS = "http://portal.localhost:5000/callback"


def main() -> None:
    """Walk all; leave pictures and `steps.md`."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.show_newcomer")
    parser.add_argument("--out", type=Path, default=ROOT / "show" / "newcomer")
    out: Path = parser.parse_args().out
    tables = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), MODELS) as stack,
        chromium() as browser,
    ):
        for name, way in _ways(stack).items():
            with (
                walking(browser, _emptied(out / name / "developer")) as walk,
                walking(browser, _emptied(out / name / "citizen")) as citizen,
            ):
                way(walk, citizen)
                tables.append(_table(name, [*walk.steps, *citizen.steps]))
        for asked, locale in LANGUAGES.items():
            name = f"first_steps_{locale}"
            with walking(browser, _emptied(out / name / "developer"), asked) as walk:
                newcomer.make_app(walk, stack, stack.person(FOREIGN[asked]), "portal", ADDRESS, locale)
    text = "\n\n".join(tables) + "\n"
    (out / "steps.md").write_text(text, "utf-8")
    sys.stdout.write(text)


def _ways(stack: Stack) -> dict[str, Callable[[Walk, Walk], None]]:
    """By name; each is given the developer's window and the citizen's."""

    def people(name: str) -> tuple[SandboxPerson, SandboxPerson]:
        return stack.person(DEVELOPERS[name]), stack.person(CITIZENS[name])

    def steps_up(walk: Walk, citizen: Walk) -> None:
        developer = stack.person(DEVELOPERS["step_up_and_leave"])
        newcomer_levels.step_up_and_leave(walk, stack, developer, citizen, None)

    return {
        "flask": lambda walk, citizen: newcomer.flask(walk, stack, people("flask"), citizen),
        "single_page": lambda walk, citizen: newcomer.single_page(
            walk, stack, people("single_page"), citizen
        ),
        "wrong_address": lambda walk, _citizen: newcomer_failures.wrong_address(
            walk, stack, stack.person(DEVELOPERS["wrong_address"])
        ),
        "rotate": lambda walk, citizen: newcomer_failures.rotate(walk, stack, people("rotate"), citizen),
        "step_up_and_leave": steps_up,
    }


def _emptied(place: Path) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    for file in place.glob("*.png"):
        file.unlink()
    return place


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
