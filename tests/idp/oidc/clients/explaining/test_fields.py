"""Every field has its words, and every rule of a registration, too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.oidc.clients import metadata
from idp.oidc.clients.explaining.fields import FIELDS
from idp.oidc.clients.explaining.rules import ANYTHING_ELSE, words_of
from idp.oidc.clients.metadata import LOCALIZED, ClientMetadata
from idp.oidc.jose import public_keys

ROOM = Path(metadata.__file__).parent
CONCERNS = tuple(sorted((ROOM / "fields").glob("[!_]*.py")))
SOURCES = (*CONCERNS, ROOM / "metadata.py", Path(public_keys.__file__))


def test_every_field_has_its_words() -> None:
    names = (ClientMetadata.model_fields.keys() | set(LOCALIZED)) - {"localized"}
    assert names <= FIELDS.keys()
    for one in FIELDS.values():
        assert one.label
        assert one.what.endswith(".")
        assert bool(one.source.title) == one.source.url.startswith("https://")


def messages() -> Iterator[str]:
    """Of every `raise ValueError(...)`, a value standing for what is filled in."""
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args):
                continue
            if ast.unparse(node.exc.func) in {"ValueError", "KeysRefused"}:
                said = node.exc.args[0]
                if isinstance(said, ast.Constant):
                    yield str(said.value)
                elif isinstance(said, ast.JoinedStr):
                    parts = [p.value if isinstance(p, ast.Constant) else "7" for p in said.values]
                    yield "".join(map(str, parts))


@pytest.mark.parametrize("message", sorted(set(messages())))
def test_every_rule_has_its_words(message: str) -> None:
    head, colon, rest = message.partition(": ")
    is_named = bool(colon) and (head in FIELDS or head.startswith(("7_", "tls_")))
    said = rest if is_named else message
    if said != "7":  # quotes another one
        assert words_of(said)[0] is not ANYTHING_ELSE


def test_many_rules_were_found() -> None:
    assert len(set(messages())) > 40


def test_every_concern_was_looked_at() -> None:
    """A room that moves leaves a pattern behind that finds nothing."""
    bases = {
        base.__module__
        for base in ClientMetadata.__mro__
        if base.__module__.startswith(metadata.__package__ or "")
    }
    looked_at = {".".join(source.relative_to(ROOM.parents[2]).with_suffix("").parts) for source in CONCERNS}
    assert bases - {metadata.__name__} <= looked_at
