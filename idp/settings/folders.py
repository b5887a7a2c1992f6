"""Folders in which an operator describes things, one TOML file each."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from idp.settings.loading import SettingsWrong

Described = TypeVar("Described", bound=BaseModel)


def read_folder(
    directory: Path | None,
    setting: str,
    model: type[Described],
    *,
    by: str,
    at_most: int,
    context: Mapping[str, Any] | None = None,
) -> Mapping[str, Described]:
    """All of a folder by the member `by`, which no two may share; nothing without a folder.

    `setting`: which one names the folder. `context`: for the model's validators. Raises SettingsWrong, one
    line for each mistake.
    """
    if directory is None:
        return MappingProxyType({})
    if not directory.is_dir():
        raise SettingsWrong(f"{setting}: {directory} is not there")
    found: dict[str, Described] = {}
    for file in sorted(directory.glob("*.toml")):
        made = _read(file, model, by, context)
        name = getattr(made, by)
        if name in found:
            raise SettingsWrong(f"{file}: {by}: another file has it, too")
        found[name] = made
    if len(found) > at_most:
        raise SettingsWrong(f"{directory}: {at_most} files at most")
    return MappingProxyType(found)


def _read(file: Path, model: type[Described], by: str, context: Mapping[str, Any] | None) -> Described:
    try:
        return model.model_validate(tomllib.loads(file.read_text("utf-8")), context=context)
    except OSError as problem:
        raise SettingsWrong(f"{file}: {problem.strerror}") from None
    except ValidationError as problem:
        lines = [f"{file}: {'.'.join(map(str, e['loc'])) or by}: {e['msg']}" for e in problem.errors()]
        raise SettingsWrong("\n".join(lines)) from None
    except ValueError as problem:  # TOMLDecodeError and UnicodeDecodeError are ones
        raise SettingsWrong(f"{file}: {problem}") from None
