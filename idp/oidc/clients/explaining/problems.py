"""What is wrong with a field, in words, and the change that mends it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What is wrong and what to do, both marked by `gettext_noop`, with `%(name)s` for values."""

    wrong: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    field: str
    """Its registered name with the language tag, if it has one; empty where no single field is concerned."""
    words: Words
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    typed: str | None = None
    """Which of several it is about, as it was typed."""
    better: str | None = None
    """To type instead, where that is certain."""
    is_grave: bool = True
    """False: it may be registered so; whoever approves the app will ask."""
