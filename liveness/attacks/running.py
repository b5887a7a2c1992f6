"""One attack from the command line: render it, write its frames, have it judged."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console

from liveness.attacks.kinds import INJECTED, KINDS, NEEDS_ACCOMPLICE, NEEDS_FILM
from liveness.attacks.material import Attack, Material
from liveness.attacks.portrait import NoFace
from liveness.attacks.recordings import virtual_camera
from liveness.attacks.session import Session, encoded, even, uneven
from liveness.attacks.sources import read_film, read_photo
from liveness.attacks.stage import Room
from liveness.challenge import TURNS, Challenge
from liveness.checking import gate_table
from liveness.engine import Engine
from liveness.errors import ImageRefused
from liveness.onnx import ModelPack
from liveness.recordings import Kind, RecordingRefused, kind_of
from liveness.types import Action, Verdict

_SECONDS, _WINDOW_MS = 120, 8_000  # of a challenge in a sign-in


def attack(
    source: Path,
    *,
    kind: str,
    film: Path | None,
    actions: tuple[Action, ...],
    seed: int,
    out: Path | None,
    judge: bool,
    pack: ModelPack,
) -> int:
    """0 when the attack was refused or only rendered, 1 when it got through, 2 when it cannot be made."""
    random = np.random.default_rng(seed)
    try:
        material, photo = _material(source, kind, film, random, pack)
    except (ImageRefused, NoFace, OSError, RecordingRefused, ValueError) as error:
        print(f"liveness: {error}", file=sys.stderr)
        return 2
    attacker = KINDS[kind](material)
    clock = even if kind in INJECTED else uneven(random)
    if not judge:
        return _written(out, [encoded(f) for action in (None, *actions) for f in attacker(action)])
    session = _played(Engine(pack), attacker, actions, clock)
    _written(out, session.images)
    verdict = session.engine.judge(session.challenge, session.facts, photo)
    _print(kind, verdict, len(session.facts))
    return 0 if verdict.refused_by is not None else 1


def _material(
    source: Path, kind: str, film: Path | None, random: np.random.Generator, pack: ModelPack
) -> tuple[Material, bytes]:
    portrait, photo = read_photo(pack, source)
    if film is None and kind_of(source) is not Kind.STILL and kind not in NEEDS_ACCOMPLICE:
        film = source
    needed = kind in NEEDS_FILM | NEEDS_ACCOMPLICE
    if needed and film is None:
        whose = "the accomplice" if kind in NEEDS_ACCOMPLICE else "the person"
        raise ValueError(f"{kind} plays a film of {whose}: name a video or a directory of frames by --film")
    frames = read_film(film) if film is not None and needed else []
    material = Material(portrait, Room(random), random, frames)
    if kind not in NEEDS_ACCOMPLICE:
        return material, photo
    return Material(portrait, material.stage, random, accomplice=virtual_camera(material)), photo


def _played(
    engine: Engine, attacker: Attack, actions: tuple[Action, ...], clock: Callable[[int], int]
) -> Session:
    """Closed loop: the attacker hears what the page would ask at each moment."""
    begun = datetime(1970, 1, 1, tzinfo=UTC)
    turns = bool(set(TURNS) & set(actions))
    challenge = Challenge(
        "0" * 32, actions, begun, begun + timedelta(seconds=_SECONDS), _WINDOW_MS, turns=turns
    )
    session = Session(engine, challenge, clock=clock)
    session.play(attacker)
    return session


def _written(out: Path | None, images: list[bytes]) -> int:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for index, image in enumerate(images):
            (out / f"{index:04}.jpg").write_bytes(image)
        print(f"{len(images)} frames written to {out}")
    return 0


def _print(kind: str, verdict: Verdict, frames: int) -> None:
    Console(highlight=False).print(gate_table(verdict))
    failed = [gate.name for gate in verdict.gates if not gate.passed]
    if failed:
        print(f"{kind}: {frames} frames, refused as {verdict.refused_by} by {', '.join(failed)}")
    else:
        print(f"{kind}: {frames} frames, NOT refused")
