"""The catalogue as a document, made of the declarations themselves: `docs/audit-events.md`.

Reads the source, since what stands below a field is not there when the program runs.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from sys import modules
from types import ModuleType

from idp.audit import events
from idp.audit.events import CATALOGUE
from idp.audit.fields import Event
from idp.audit.meanings import MEANINGS

DECLARATIONS = Path(events.__file__).parent
ROOM = DECLARATIONS.parents[1]
"""The package: who records an event is in it."""
MADE_UP = ROOM / "sandbox" / "traffic"
"""Makes events that nobody did, so it is nobody who records any."""
NAMES_IT = re.compile(r"idp\.audit\.events|idp\.audit import .*\bevents\b")
CALL = re.compile(r"\b([A-Z]\w+)\(")
TYPES = {
    "code": "code",
    "identifier": "identifier",
    "person": "person",
    "int": "whole number",
    "float": "fraction",
    "bool": "yes or no",
    "none": "absent",
}
BEGINNING = """\
# Audit events

Every event that the log can hold. This file is made by `idp audit catalogue` of the declarations in
`idp/audit/events`; change these, not the file.

**Columns of every event**: `id` (UUIDv7), `at` (UTC), `name`, `person_id`, `client_id`, `request_id`,
`address` (as `audit.addresses` says), `device` (a digest of the cookie), `interaction_id`, `actor` (a
staff account, `operator`, `worker`; absent: the person, or the client). All other fields are in
`payload`, as canonical JSON.

**Types**: a *code* is a word of the provider's vocabulary, at most 64 characters; an *identifier* was made
by a machine or by a registration, at most 128; a *person* is the UUID of a person's row. Numbers stay below
10^10, lists have at most 16 items. None can hold a name, the number of a person, a phone number, a secret
or an image: what looks like one is refused when the event is made.

**Versions**: an event of a later version than the first says so in its payload, as `v`. A later version
only adds fields, so a reader takes one that is absent as not recorded; what changes its meaning becomes
another event. Who meets a name or a version that they do not know keeps the fields as they are.
"""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    since: int
    meaning: str
    """Empty where nobody says."""


@dataclass(frozen=True, slots=True)
class Described:
    name: str
    meaning: str
    """Empty where nobody says."""
    version: int
    fields: tuple[Field, ...]
    recorded_in: tuple[str, ...]
    """Files of the package."""


def described(declared: type[Event]) -> Described:
    meanings = _documented(modules[declared.__module__]).get(declared.__name__, {})
    return Described(
        name=declared.name,
        meaning=meanings.get("", ""),
        version=declared.event_version,
        fields=tuple(
            Field(
                name=name,
                type=_type(kinds),
                since=declared.added_fields.get(name, 1),
                meaning=meanings.get(name) or MEANINGS.get(name, ""),
            )
            for name, kinds in declared.kinds
        ),
        recorded_in=tuple(file for file, made in _recorders().items() if declared.__name__ in made),
    )


def document() -> str:
    return "\n".join([BEGINNING, *_chapters()])


def _chapters() -> Iterator[str]:
    rooms: dict[str, list[type[Event]]] = {}
    for declared in CATALOGUE.values():
        rooms.setdefault(declared.__module__, []).append(declared)
    for name, declarations in sorted(rooms.items()):
        yield f"## {name.rpartition('.')[2].replace('_', ' ').capitalize()}\n"
        yield f"{_one_line(inspect.getdoc(modules[name]) or '')}\n"
        for declared in declarations:
            yield from _entry(described(declared))


def _entry(event: Described) -> Iterator[str]:
    yield f"### {event.name}\n"
    yield f"{event.meaning}\n"
    files = ", ".join(f"`{file}`" for file in event.recorded_in)
    yield f"Version {event.version}. Recorded by {files}.\n"
    if not event.fields:
        return
    yield "| field | type | since | |\n|---|---|---|---|"
    for field in event.fields:
        yield f"| `{field.name}` | {field.type} | {field.since} | {field.meaning} |"
    yield ""


def _type(kinds: frozenset[str]) -> str:
    words = [
        f"list of {TYPES[kind.removeprefix('tuple of ')]}s" if kind.startswith("tuple of ") else TYPES[kind]
        for kind in sorted(kinds - {"none"})
    ]
    return " or ".join(words) + (", or absent" if "none" in kinds else "")


@cache
def _documented(module: ModuleType) -> Mapping[str, Mapping[str, str]]:
    """Of each class what it says of itself, under "", and of its fields."""
    found: dict[str, dict[str, str]] = {}
    for declared in ast.parse(inspect.getsource(module)).body:
        if isinstance(declared, ast.ClassDef):
            found[declared.name] = dict(_said(declared))
    return found


def _said(declared: ast.ClassDef) -> Iterator[tuple[str, str]]:
    yield "", _one_line(ast.get_docstring(declared) or "")
    for field, below in zip(declared.body, declared.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, _one_line(text)


@cache
def _recorders() -> Mapping[str, frozenset[str]]:
    """The files that name the catalogue, without its own, and what is called in them."""
    files = (
        file
        for file in sorted(ROOM.rglob("*.py"))
        if not file.is_relative_to(DECLARATIONS) and not file.is_relative_to(MADE_UP)
    )
    texts = {file.relative_to(ROOM.parent).as_posix(): file.read_text("utf-8") for file in files}
    return {name: frozenset(CALL.findall(text)) for name, text in texts.items() if NAMES_IT.search(text)}


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
