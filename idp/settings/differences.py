"""What an operator has set: the names alone."""

import tomllib
from collections.abc import Iterator

from pydantic import BaseModel

from idp.settings.loading import validate
from idp.settings.whole import ROOT, Settings


def changed(settings: Settings) -> list[str]:
    """Names of what differs from `config/default.toml`, such as `database.url`; never a value."""
    defaults = tomllib.loads((ROOT / "config" / "default.toml").read_text("utf-8"))
    # The mode is the one setting that stands in no file.
    before = dict(_values(validate({**defaults, "mode": "development"})))
    return sorted(name for name, value in _values(settings) if before[name] != value)


def _values(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        key = f"{prefix}{field.alias or name}"
        if isinstance(value, BaseModel):
            yield from _values(value, f"{key}.")
        else:
            yield key, value
