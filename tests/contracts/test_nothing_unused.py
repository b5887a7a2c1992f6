"""A setting that nobody reads, or an event that nobody records, is a promise unkept."""

import re
from pathlib import Path

import pytest

from idp.audit import events
from idp.audit.catalogue import MADE_UP
from idp.audit.fields import Event
from idp.settings import ROOT, Settings
from tests.contracts.test_settings_documented import keys

DECLARATIONS = {*(ROOT / "idp" / "settings").glob("*.py"), *Path(events.__file__).parent.glob("*.py")}
CODE = "\n".join(
    file.read_text("utf-8")
    for file in sorted((ROOT / "idp").rglob("*.py"))
    if file not in DECLARATIONS and not file.is_relative_to(MADE_UP)
)
EVENTS = [
    name
    for name, value in vars(events).items()
    if isinstance(value, type) and issubclass(value, Event) and value is not Event
]


@pytest.mark.parametrize("key", keys(Settings))
def test_every_setting_is_read(key: str) -> None:
    assert re.search(rf"\.{key.rpartition('.')[2]}_?\b", CODE)


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_recorded(name: str) -> None:
    assert re.search(rf"\b{name}\(", CODE)
