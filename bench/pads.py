"""Two packs of presentation-attack networks in one pass: every frame is read once, and judged by each."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from liveness import Challenge, Engine, FrameFacts, ModelPack, Verdict
from liveness.manifest import ROLES


@dataclass(frozen=True)
class Panel:
    """``engine`` has the networks of all packs; ``packs``: name, pack, and where its votes lie."""

    engine: Engine
    pack: ModelPack
    packs: tuple[tuple[str, ModelPack, slice], ...]

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.packs]

    def judged(
        self, challenge: Challenge, facts: Sequence[FrameFacts], reference: bytes
    ) -> Iterator[tuple[str, Verdict]]:
        for name, pack, own in self.seen(facts):
            yield name, Engine(pack).judge(challenge, own, reference)

    def seen(self, facts: Sequence[FrameFacts]) -> Iterator[tuple[str, ModelPack, list[FrameFacts]]]:
        """The facts as each pack would have had them: with its own votes."""
        for name, pack, part in self.packs:
            own = [frame if frame.pad is None else replace(frame, pad=frame.pad[part]) for frame in facts]
            yield name, pack, own


def shared_pack() -> Path | None:
    """Networks that may lie beside the repository; they are not part of it."""
    directory = Path(os.environ.get("YITONG_SHARED", "")) / "models" / "minivision"
    return directory if "YITONG_SHARED" in os.environ and directory.is_dir() else None


@contextmanager
def panel_of(pack: ModelPack, other: Path | None) -> Iterator[Panel]:
    """:param other: a directory with a `models.toml`, or with the minivision networks as published."""
    first = len(pack.all("pad"))
    registry = ("registry", pack, slice(0, first))
    if other is None:
        yield Panel(Engine(pack), pack, (registry,))
        return
    with tempfile.TemporaryDirectory() as folder:
        described = (other / "models.toml").is_file()
        manifest = other / "models.toml" if described else _manifest(other, Path(folder))
        second = ModelPack.load(pack.one("detector").path.parent, override=manifest)
        models = [model for role in ROLES for model in pack.all(role)] + list(second.all("pad"))
        both = ModelPack(models, pack.thresholds)
        yield Panel(Engine(both), pack, (registry, (f"with {other.name}", both, slice(0, None))))


def _manifest(networks: Path, folder: Path) -> Path:
    """Of the two MiniFASNet as published: the crop begins the file's name."""
    entries = []
    for path in sorted(networks.glob("*_80x80_*.onnx")):
        shutil.copy(path, folder / path.name)
        entries.append(
            f'[[models]]\nname = "{path.stem}"\nrole = "pad"\nfile = "{path.name}"\n'
            f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\nsize = 80\ncolour = "bgr"\n'
            f'crop = {float(path.name.partition("_")[0])}\nlive_class = 1\nlicence = "Apache-2.0"\n'
        )
    manifest = folder / "models.toml"
    manifest.write_text("\n".join(entries), encoding="utf-8")
    return manifest
