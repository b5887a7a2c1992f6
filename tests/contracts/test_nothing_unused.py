"""A setting that nobody reads, or an event that nobody records, is a promise unkept."""

import re

import pytest

from idp.audit.catalogue import DECLARATIONS as EVENTS_ROOM
from idp.audit.catalogue import MADE_UP
from idp.audit.events import CATALOGUE
from idp.settings import ROOT, Settings
from tests.contracts.test_settings_documented import keys

DECLARATIONS = {*(ROOT / "idp" / "settings").glob("*.py"), *EVENTS_ROOM.glob("*.py")}
CODE = "\n".join(
    file.read_text("utf-8")
    for file in sorted((ROOT / "idp").rglob("*.py"))
    if file not in DECLARATIONS and not file.is_relative_to(MADE_UP)
)
EVENTS = [declared.__name__ for declared in CATALOGUE.values()]


@pytest.mark.parametrize("key", keys(Settings))
def test_every_setting_is_read(key: str) -> None:
    assert re.search(rf"\.{key.rpartition('.')[2]}_?\b", CODE)


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_recorded(name: str) -> None:
    assert re.search(rf"\b{name}\(", CODE)
