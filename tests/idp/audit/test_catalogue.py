"""The catalogue says of itself what every event means, and versions only grow."""

import ast
import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import ClassVar

import pytest

from idp.audit import catalogue, events
from idp.audit.catalogue import described
from idp.audit.events import CATALOGUE
from idp.audit.fields import CHECKS, Code, Event, Identifier, event
from idp.audit.meanings import MEANINGS
from idp.settings import ROOT

EVENTS = pytest.mark.parametrize("declared", CATALOGUE.values(), ids=CATALOGUE)
SAFE = {"code", "identifier", "person", "int", "float", "bool", "none"}
LISTS = {"tuple of code", "tuple of identifier", "tuple of float"}


def test_the_document_is_what_the_declarations_say() -> None:
    """After a change: `idp audit catalogue`."""
    assert (ROOT / "docs" / "audit-events.md").read_text("utf-8") == catalogue.document()


@EVENTS
def test_every_event_is_documented_and_recorded_somewhere(declared: type[Event]) -> None:
    found = described(declared)
    assert found.meaning
    assert [field.name for field in found.fields if not field.meaning] == []
    assert found.recorded_in
    assert found.version >= 1


@EVENTS
def test_no_field_can_carry_a_name_a_number_a_secret_or_an_image(declared: type[Event]) -> None:
    """Its types are those alone whose values are checked; what these let through, test_fields says."""
    for name, kinds in declared.kinds:
        assert kinds <= SAFE | LISTS, name
        assert kinds - {"none"}, name


def test_nothing_else_is_checked_for() -> None:
    assert set(CHECKS) == SAFE


def test_no_meaning_is_left_over() -> None:
    fields = {name for declared in CATALOGUE.values() for name, _kinds in declared.kinds}
    assert set(MEANINGS) <= fields


def test_every_file_of_declarations_is_a_concern_and_no_name_is_taken_twice() -> None:
    declared = [found for concern in events.CONCERNS for found in declarations(concern)]
    assert {concern.__name__.rpartition(".")[2] for concern in events.CONCERNS} == {
        file.stem for file in catalogue.DECLARATIONS.glob("*.py") if file.stem != "__init__"
    }
    assert len(declared) == len(CATALOGUE)
    assert set(declared) == {found.__name__ for found in CATALOGUE.values()}


def declarations(concern: ModuleType) -> list[str]:
    """The classes in its source."""
    text = inspect.getsource(concern)
    return [node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]


def test_a_field_that_came_later_makes_a_later_version() -> None:
    @event
    class Grown(Event):
        """Something."""

        reason: Code
        client_id: Identifier | None = None
        added_fields: ClassVar[Mapping[str, int]] = {"client_id": 3}

    assert Grown.event_version == 3
    assert [(field.name, field.since) for field in described(Grown).fields] == [
        ("reason", 1),
        ("client_id", 3),
    ]


def test_a_later_field_that_old_events_could_not_lack_is_refused() -> None:
    with pytest.raises(TypeError, match="with a default"):

        @event
        class Broken(Event):
            reason: Code
            added_fields: ClassVar[Mapping[str, int]] = {"reason": 2}

    with pytest.raises(TypeError, match="with a default"):

        @event
        class Missing(Event):
            added_fields: ClassVar[Mapping[str, int]] = {"reason": 2}

    with pytest.raises(TypeError, match="says the version"):

        @event
        class Hidden(Event):
            v: Code
