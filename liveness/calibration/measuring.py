"""`python -m liveness match`: embed every picture of a list once, compare the pairs, tell the rates."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from liveness.calibration.pairs import Pair, PairsInvalid, read_pairs
from liveness.calibration.rates import LEAST_EXPECTED, RATES, RULE_OF_30, Row, measured
from liveness.embedding import embed_photo
from liveness.onnx import ModelPack

Vectors = Mapping[Path, NDArray[np.float32] | None]


def measure(path: Path, *, pack: ModelPack) -> int:
    """Print counts, rates and the table for a manifest; 0 done, 1 too few pairs for any rate, 2 no list."""
    try:
        pairs = read_pairs(path)
    except PairsInvalid as error:
        print(f"liveness: {error}", file=sys.stderr)
        return 2
    vectors = dict(_embedded(pairs, pack))
    network = pack.one("embedding").name
    compared = {
        same: [_cosine(vectors, pair) for pair in pairs if pair.same is same] for same in (True, False)
    }
    genuine, impostor = ([one for one in compared[same] if one is not None] for same in (True, False))
    unseen = sum(vector is None for vector in vectors.values())
    print(f"network {network}, {len(vectors)} pictures, in {unseen} of them no face")
    print(f"{len(genuine)} pairs of one person, {len(impostor)} of two")
    print(f"left out for want of a face: {compared[True].count(None)} and {compared[False].count(None)}")
    rows = measured(genuine, impostor)
    if not rows:
        needed = round(LEAST_EXPECTED / RATES[0])
        print(f"too few pairs of two persons: the rate 1 in {round(1 / RATES[0])} takes {needed}")
        return 1
    for line in _told(rows, len(genuine), len(impostor)):
        print(line)
    print(
        f"\n# from {path.name}: {len(impostor)} pairs of two persons, {len(genuine)} of one\n[far.{network}]"
    )
    for row in rows:
        print(f'"{row.far:.6f}'.rstrip("0") + f'" = {row.threshold:.3f}')
    return 0


def _embedded(pairs: tuple[Pair, ...], pack: ModelPack) -> Iterator[tuple[Path, NDArray[np.float32] | None]]:
    """Each picture's vector; None where it cannot be read or shows no face."""
    pictures = dict.fromkeys(picture for pair in pairs for picture in (pair.a, pair.b))
    errors = Console(stderr=True)
    bar = track(pictures, "pictures", console=errors, transient=True, disable=not errors.is_terminal)
    for picture in bar:
        try:
            vector = embed_photo(pack, picture.read_bytes())
        except OSError as error:
            print(f"{picture}: {error.strerror}", file=sys.stderr)
            vector = None
        yield picture, None if vector is None else np.asarray(vector, np.float32)


def _cosine(vectors: Vectors, pair: Pair) -> float | None:
    a, b = vectors[pair.a], vectors[pair.b]
    return None if a is None or b is None else float(a @ b)


def _told(rows: tuple[Row, ...], same: int, different: int) -> Iterator[str]:
    yield f"\n{'FAR':>8}  {'cosine':>6}  {'strangers let pass':<42} {'persons refused':<40}"
    for row in rows:
        low, high = (f"{100 * bound:.3g}" for bound in row.far_interval)
        accepts = f"{row.false_accepts} of {different} (95 %: {low} to {high} %)"
        mark = "" if row.false_accepts >= RULE_OF_30 else "  *"
        rejects = "no pairs of one person"
        if row.frr_interval is not None:
            low, high = (f"{100 * bound:.3g}" for bound in row.frr_interval)
            rejects = f"{row.false_rejects} of {same} (95 %: {low} to {high} %)"
        yield f"{row.far:>8g}  {row.threshold:>6.3f}  {accepts:<42} {rejects}{mark}"
    if any(row.false_accepts < RULE_OF_30 for row in rows):
        yield f"* fewer than {RULE_OF_30} errors: the true rate may lie more than 30 % off"
    yield "Pairs that share a person or a picture are not independent: the truth may lie further off."
