"""Which networks an engine works with, and where its gates draw their lines.

Layers, each over the one before: the built-in manifest, the packs that the operator names, the operator's
own manifest, and at last what the settings state by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liveness.errors import ManifestInvalid
from liveness.manifest import BUILT_IN, Manifest, Model, read_manifest
from liveness.matching import FarTable, threshold_at
from liveness.packs import read_pack
from liveness.thresholds import Thresholds

MATCH_FAR = 0.001


@dataclass(frozen=True, slots=True)
class Choice:
    models: tuple[Model, ...]
    thresholds: Thresholds


def choose(
    directory: Path,
    *,
    manifest: Path = BUILT_IN,
    packs: Sequence[str] = (),
    override: Path | None = None,
    match_network: str | None = None,
    match_far: float = MATCH_FAR,
    thresholds: Mapping[str, float] | None = None,
) -> Choice:
    """Lay the layers over each other. No network is opened; `ModelPack.load` tells the arguments.

    :raises ManifestInvalid, ModelMissing, ModelTampered: a layer that is wrong, or a pack that is not there.
    """
    layers = [read_manifest(manifest, directory), *(read_pack(directory, name) for name in packs)]
    if override is not None:
        path = override / "models.toml" if override.is_dir() else override
        layers.append(read_manifest(path, path.parent))
    models: tuple[Model, ...] = ()
    gates: dict[str, float] = {}
    far: dict[str, FarTable] = {}
    for layer in layers:
        models = _laid_over(models, layer)
        gates.update(layer.gates)
        far.update(layer.far)
    models = _with_one_match_network(models, match_network)
    gates.update(thresholds or {})
    for model in models:
        if model.role == "embedding":
            # Cosines of one network say nothing about another: they come with it, or are stated.
            if model.threshold:
                gates.setdefault("same_face", model.threshold)
            if "match" not in gates:
                gates["match"] = threshold_at(match_far, far.get(model.name, {}), model.name)
    return Choice(models, Thresholds.of(gates))


def _laid_over(models: tuple[Model, ...], layer: Manifest) -> tuple[Model, ...]:
    replaced = {model.role for model in layer.models} - set(layer.joins)
    return tuple(model for model in models if model.role not in replaced) + layer.models


def _with_one_match_network(models: tuple[Model, ...], name: str | None) -> tuple[Model, ...]:
    """The network that was named, or else the one that is not optional."""
    there_are = tuple(model for model in models if model.role == "embedding")
    wanted = tuple(model for model in there_are if (model.name == name if name else not model.optional))
    if name and not wanted:
        names = ", ".join(model.name for model in there_are)
        raise ManifestInvalid(f"no network {name!r} for the match; there are {names}")
    return tuple(model for model in models if model.role != "embedding") + wanted
