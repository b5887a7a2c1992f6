"""Runs the cases and shows them: `python -m bench.protocol --help`."""

import argparse
import json
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from bench.protocol import peer, tables
from bench.protocol.measuring import TARGETS, Plan, measured
from bench.protocol.wire import CASES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.protocol", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the medians are shown")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each run, about")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--threads", type=int, default=8, help="of our server, and of the floor")
    parser.add_argument("--redis-fsync", choices=("always", "everysec"), default="always")
    parser.add_argument("--cases", help="separated by semicolons; all without it")
    parser.add_argument("--targets", help=f"separated by commas, of {', '.join(TARGETS)}; all without it")
    parser.add_argument(
        "--node", default=peer.find_node(), help="the peer's Node; 22 or later is what it supports"
    )
    parser.add_argument("--detail", action="store_true", help="also the stores, the load and the waiting")
    parser.add_argument("--json", type=Path, help="write every run here")
    given = parser.parse_args()
    targets = tuple(given.targets.split(",")) if given.targets else TARGETS
    if "peer" in targets and given.node is None:
        parser.error("no peer: Node, or `npm ci --ignore-scripts`, is missing. Name --targets without it.")
    wanted = given.cases.split(";") if given.cases else [case.name for case in CASES]
    if unknown := set(wanted) - {case.name for case in CASES}:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    plan = Plan(
        cases=tuple(case for case in CASES if case.name in wanted),
        targets=targets,
        rounds=given.rounds,
        seconds=given.seconds,
        connections=given.connections,
        threads=given.threads,
        redis_fsync=given.redis_fsync,
        node=given.node,
        in_detail=given.detail,
    )
    folder = Path(tempfile.mkdtemp(prefix="yitong-bench-"))
    try:
        found = measured(plan, folder, say=lambda text: print(text, file=sys.stderr, flush=True))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tables.show_all(plan, found)
    if given.json:
        given.json.write_text(
            json.dumps(tables.document(plan, found, platform.platform()), indent=1), "utf-8"
        )


if __name__ == "__main__":
    main()
