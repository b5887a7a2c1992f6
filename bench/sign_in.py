"""`python -m bench.sign_in`: the time of each step of a sign-in over HTTP, and what each step costs.

Times come from granian in a process of its own; SQL statements and ephemeral commands are counted on
the same files by the same application in this process, with warm caches. The face is that of the
virtual person at a camera's pace; waiting for the next frame is not counted.
"""

import argparse
import os
import tempfile
from collections import defaultdict
from pathlib import Path

from bench.browser import Browser, InProcess, OverHttp
from bench.table import middle, ninth, show
from bench.walk import Motions, Portal, sign_in
from idp import create_app
from idp import settings as settings_module
from idp.people.sandbox.population import SandboxPerson
from liveness import Action
from tests.counting import Counting
from tests.journeys.stack import ROOT, Stack, photographed, running
from tests.liveness.playing import jpeg
from tests.virtual_person import VirtualPerson

SERIAL = 3
"""An adult of the sandbox with an account."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    face = VirtualPerson()
    motions = Motions(
        {None: [jpeg(frame) for frame in face.idle(0.7)]}
        | {str(action): [jpeg(frame) for frame in face.clip(action)] for action in Action}
    )
    limits = {"IDP_LIVENESS__TRIES_PER_PERSON_PER_HOUR": "1000"}
    with (
        tempfile.TemporaryDirectory() as name,
        running(Path(name), ROOT / "var" / "models", limits) as stack,
    ):
        person = photographed(stack, SERIAL, face)
        portal = _portal(stack)
        times: defaultdict[str, list[float]] = defaultdict(list)
        for number in range(rounds + 1):
            browser = Browser(OverHttp(stack.issuer), stack.issuer)
            sign_in(browser, portal, person, motions)
            if number:  # the first loads networks and caches
                for step, found in browser.times.items():
                    times[step] += found
        costs = _costs(stack, portal, person, motions)
    show(
        f"One sign-in at level 3, {rounds} rounds; {os.cpu_count()} cores, SQLite",
        ("step", "requests", "median ms", "9 of 10 below", "SQL", "commands"),
        [
            (step, f"{len(found) / rounds:g}", middle(found), ninth(found), *costs.get(step, ("-", "-")))
            for step, found in times.items()
        ],
    )


def _portal(stack: Stack) -> Portal:
    secret = (stack.folder / "tax.secret").read_text("utf-8").strip()
    return Portal("tax", secret, f"{stack.tax}/callback", "openid profile phone")


def _costs(
    stack: Stack, portal: Portal, person: SandboxPerson, motions: Motions
) -> dict[str, tuple[str, str]]:
    """Step -> the most SQL statements and ephemeral commands of its requests."""
    issuer = stack.issuer.replace("http:", "https:", 1)
    app = create_app(settings_module.load({**stack.environment, "IDP_ISSUER": issuer}))
    sign_in(Browser(InProcess(app.test_client(), issuer), issuer), portal, person, motions)
    counting = Counting(app)
    browser = Browser(InProcess(app.test_client(), issuer), issuer)
    sign_in(browser, portal, person, motions)
    found: dict[str, tuple[str, str]] = {}
    for step, cost in zip(browser.steps, counting.costs, strict=True):
        most = found.get(step, ("0", "0"))
        counts = (len(cost.statements), len(cost.commands))
        found[step] = (str(max(counts[0], int(most[0]))), str(max(counts[1], int(most[1]))))
    return found


if __name__ == "__main__":
    main()
