"""Something that is said to a developer: a message id and what is filled in. Who shows it translates it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def by(self, translate: Callable[..., str]) -> str:
        """`translate`: takes a message and its variables, as `idp.locales.gettext` does."""
        shown = {
            name: value.by(translate) if isinstance(value, Said) else value
            for name, value in self.values.items()
        }
        return translate(self.text, **shown)


def said(text: str, **values: Any) -> Said:
    return Said(text, values)


def in_english(message: str, **variables: Any) -> str:
    """For the command line."""
    return message % variables if variables else message
