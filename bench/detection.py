"""How many events a second do all rules together look at, on one core, and in how much memory?

`python -m bench.detection [--events 300000]`: made-up traffic with attacks in it (idp/sandbox/traffic), made
before the clock starts, through the rules of config/rules. `signing in`: only the events that rules look at
most. Time is the processor's.
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from time import process_time
from tracemalloc import get_traced_memory, start, stop

from bench.detection_quality import END, as_recorded, surroundings
from bench.table import show
from idp.audit.recorded import Recorded
from idp.detection.engine import Engine
from idp.detection.rules import load
from idp.sandbox.traffic import attacks
from idp.sandbox.traffic.generation import Traffic
from idp.sandbox.traffic.rhythm import Span
from idp.sandbox.traffic.town import Town
from idp.settings import ROOT

PEOPLE, DAYS = 2000, 14
LOOKED_AT_MOST = frozenset(
    {"sign_in_refused", "sign_in_delayed", "signed_in", "face_refused", "face_checked"}
)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=300_000)
    wanted = parser.parse_args().events
    traffic = Traffic(Town(1, PEOPLE), Span(END - timedelta(days=DAYS), END), tuple(attacks.ALL))
    made = (one for part in traffic.parts() for one in part)
    events = [as_recorded(one, number) for number, one in enumerate(islice(made, wanted))]
    rules = load(ROOT / "config" / "rules")
    rows = []
    for name, some in (
        ("as it comes", events),
        ("signing in", [event for event in events if event.name in LOOKED_AT_MOST]),
    ):
        engine = Engine(rules, surroundings())
        seconds, findings = timed(engine, some)
        rows.append((name, f"{len(some)}", f"{len(some) / seconds:,.0f}", f"{findings}", f"{kept(some):.1f}"))
    heads = ("events", "how many", "a second", "findings", "MB remembered")
    show(f"{len(rules)} rules, one core", heads, rows)


def timed(engine: Engine, events: Sequence[Recorded]) -> tuple[float, int]:
    began = process_time()
    findings = sum(len(engine.feed(event)) for event in events)
    return process_time() - began, findings


def kept(events: Sequence[Recorded]) -> float:
    """What the engine holds afterwards, in MB."""
    rules = load(ROOT / "config" / "rules")
    start()
    engine = Engine(rules, surroundings())
    before = get_traced_memory()[0]
    for event in events[:50_000]:
        engine.feed(event)
    after = get_traced_memory()[0]
    stop()
    return (after - before) / 1e6


if __name__ == "__main__":
    main()
