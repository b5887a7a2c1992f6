"""A registration as a manifest would say it, and what two of them differ in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit

from idp.oidc.clients.metadata import ClientMetadata

FIRST = ("client_id", "sector", "client_name")


@dataclass(frozen=True, slots=True)
class Difference:
    """A registered name, and what it said before and says now; None where it says nothing."""

    name: str
    before: Any
    now: Any


def fields(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Under the registered names, texts with their language tags. `metadata`: as `ClientMetadata.to_json`."""
    found = {name: value for name, value in metadata.items() if name != "localized"}
    for name, texts in metadata.get("localized", {}).items():
        for tag, text in texts.items():
            found[f"{name}#{tag}" if tag else name] = text
    return {name: found[name] for name in sorted(found, key=_place)}


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Of two registrations, as `ClientMetadata.to_json` writes them."""
    was, shall = fields(before), fields(now)
    names = sorted(was.keys() | shall.keys(), key=_place)
    return tuple(
        Difference(name, was.get(name), shall.get(name)) for name in names if was.get(name) != shall.get(name)
    )


def written(metadata: Mapping[str, Any]) -> str:
    """A manifest that leaves the registration as it is. It holds no secret: the machine keeps that."""
    document = tomlkit.document()
    for name, value in fields(metadata).items():
        item = tomlkit.item(value)
        if isinstance(item, tomlkit.items.Array) and len(value) > 1:
            item.multiline(True)
        document.add(name, item)
    return tomlkit.dumps(document)


def _place(name: str) -> tuple[int, str]:
    """Who it is comes first; then as the fields are declared, texts of one field together."""
    plain, _, tag = name.partition("#")
    if plain in FIRST:
        return FIRST.index(plain), tag
    declared = [*FIRST, *ClientMetadata.model_fields]
    return (declared.index(plain) if plain in declared else len(declared)), f"{plain}#{tag}"
