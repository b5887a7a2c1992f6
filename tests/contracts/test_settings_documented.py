"""Every setting stands in config/default.toml with a comment; production's promises are kept."""

import re
import tomllib

import pytest
from pydantic import BaseModel

from idp.settings import ROOT, Settings

# Optional keys stand there commented out, so that their default (none) holds.
TEXT = (ROOT / "config" / "default.toml").read_text("utf-8")


def keys(model: type[BaseModel], prefix: str = "") -> list[str]:
    result = []
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            result += keys(kind, f"{key}.")
        else:
            result.append(key)
    return result


@pytest.mark.parametrize("key", [key for key in keys(Settings) if key != "mode"])
def test_setting_is_explained(key: str) -> None:
    section, _, name = key.rpartition(".")
    body = TEXT if not section else TEXT.partition(f"[{section}]\n")[2]
    body = re.split(r"^\[", body, maxsplit=1, flags=re.MULTILINE)[0]
    lines = body.splitlines()
    places = [n for n, line in enumerate(lines) if re.match(rf"(# )?{name} = ", line)]
    assert places, f"{key} is not in config/default.toml"
    above = lines[: places[0]]
    # A comment right above, or above the run of keys that it speaks of.
    while above and re.match(r"\w+ = ", above[-1]):
        above.pop()
    assert above, f"{key} has no comment above it"
    assert above[-1].startswith("#"), f"{key} has no comment above it"


def test_defaults_hold_no_unknown_key() -> None:
    known = set(keys(Settings))
    given = tomllib.loads(TEXT)
    flat = {
        f"{section}.{name}" if isinstance(values, dict) else section
        for section, values in given.items()
        for name in (values if isinstance(values, dict) else [section])
    }
    assert flat <= known
