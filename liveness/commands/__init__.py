"""The commands of `python -m liveness`, one file each.

A file has `add(commands)`, which adds its parser and sets `run(options) -> exit code`: 0 done or live,
1 refused or not whole, 2 wrong use. What is heavy (numpy, OpenCV, onnxruntime) is imported in `run`,
so that `--help` answers at once.
"""

from __future__ import annotations

from liveness.commands import attack, bench, check, evaluate, match, models

COMMANDS = (
    models.add,
    check.add,
    evaluate.add,
    match.add,
    attack.add,
    bench.add,
)
"""In the order in which `--help` shows them."""
