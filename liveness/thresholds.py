"""Where each gate draws its line: `[gates]` of `models.toml`, of own manifests, and of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from liveness.errors import ManifestInvalid


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One number a gate; their units stand beside them in `models.toml`."""

    frames: float
    one_face: float
    planarity: float
    same_face: float
    antispoof: float
    quality: float
    flash: float
    match: float

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Thresholds:
        """:raises ManifestInvalid: a gate is missing, unknown, or its threshold no number from 0 to 1."""
        checked = checked_thresholds(table)
        if missing := {field.name for field in fields(cls)} - checked.keys():
            raise ManifestInvalid(f"[gates] needs {sorted(missing)}")
        return cls(**checked)


def checked_thresholds(table: Mapping[str, Any]) -> dict[str, float]:
    """:raises ManifestInvalid: an unknown gate, or no number from 0 to 1."""
    if unknown := table.keys() - {field.name for field in fields(Thresholds)}:
        raise ManifestInvalid(f"[gates] has no {sorted(unknown)}")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise ManifestInvalid(f"[gates] {name} must be a number from 0 to 1, not {value!r}")
    return {name: float(value) for name, value in table.items()}
