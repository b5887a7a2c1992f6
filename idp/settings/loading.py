"""Where settings come from: the files of `config/`, then the environment."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from idp.settings.whole import ROOT, Settings

PREFIX = "IDP_"
NOT_SETTINGS = frozenset({"IDP_CONFIG", "IDP_MODE", "IDP_MASTER_KEYS"})
"""Read from the environment, but not settings of their own."""


class SettingsWrong(Exception):
    """Says which key is wrong and why, one line each; never a value, which may be a secret."""


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises SettingsWrong with one line for each wrong key."""
    mode = environment.get("IDP_MODE", "development")
    files = [ROOT / "config" / "default.toml", ROOT / "config" / f"{mode}.toml"]
    if extra := environment.get("IDP_CONFIG"):
        files.append(Path(extra))
    values: dict[str, Any] = {}
    for file in files:
        values = _merged(values, _read(file))
    values = _merged(values, {"mode": mode})
    return validate(_merged(values, _from_environment(environment, values)))


def validate(values: Mapping[str, Any]) -> Settings:
    try:
        return TypeAdapter(Settings).validate_python(values)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()]
        raise SettingsWrong("\n".join(lines)) from None


def read_token(key: str, file: Path | None) -> str | None:
    """The bearer token that a `token_file` holds. Raises SettingsWrong, which names the `key`."""
    if file is None:
        return None
    try:
        return (ROOT / file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsWrong(f"{key}: cannot be read ({type(problem).__name__})") from None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise SettingsWrong(f"{file}: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsWrong(f"{file}: {error}") from None


def _from_environment(environment: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name in environment:
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        *sections, key = name.removeprefix(PREFIX).lower().split("__")
        place, template = result, known
        for section in sections:
            place = place.setdefault(section, {})
            template = template.get(section, {}) if isinstance(template, Mapping) else {}
        place[key] = _typed(environment[name], template.get(key) if isinstance(template, Mapping) else None)
    return result


def _typed(text: str, example: Any) -> Any:
    """Environment variables are text; lists are separated by commas, the rest pydantic converts."""
    if isinstance(example, list):
        return [item.strip() for item in text.split(",") if item.strip()]
    return text


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = _merged(result[key], value) if both else value
    return result
