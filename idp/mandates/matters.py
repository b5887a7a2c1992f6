"""The matters that mandates are given for: one TOML file each, written by the operator.

A mandate that names none is for all business. A file that cannot be understood stops the start: nobody gives
away something that shows wrongly.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from idp.locales.catalogues import TAGS
from idp.settings.folders import read_folder

MATTERS_AT_MOST = 100
NAMED_AT_MOST = 20
"""Matters that one mandate names; who does more is given all business."""
NAME_CHARACTERS_AT_MOST = 60
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
CODE_CHARACTERS_AT_MOST = 40
Party = Literal["organisation", "person"]


class UnknownMatters(ValueError):
    """Not matters that a mandate of this kind may name. Does not quote them."""


def _names(names: dict[str, str]) -> dict[str, str]:
    if set(names) != set(TAGS):
        raise ValueError(f"needs a text for each of {', '.join(TAGS)}")
    for name in names.values():
        shows = all(character == " " or unicodedata.category(character)[0] not in "CZ" for character in name)
        if not shows or name != name.strip() or not 1 <= len(name) <= NAME_CHARACTERS_AT_MOST:
            raise ValueError(f"a name has 1 to {NAME_CHARACTERS_AT_MOST} characters that show")
    return names


class Matter(BaseModel):
    """One kind of business: what clients ask for by its code, and people read by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    names: Annotated[dict[str, str], AfterValidator(_names)]
    """By the tag of each of our languages."""
    of: Annotated[frozenset[Party], Field(min_length=1)]
    """Whose business it is: then whoever acts for such a party may be given it."""

    @model_validator(mode="after")
    def code_is_one(self) -> Self:
        # It stands in tokens and in the log.
        if not CODE.fullmatch(self.code) or len(self.code) > CODE_CHARACTERS_AT_MOST:
            raise ValueError(f"code: small letters, digits and _, {CODE_CHARACTERS_AT_MOST} at most")
        return self


Matters = Mapping[str, Matter]


def load(directory: Path | None) -> Matters:
    """All matters of the folder by their codes. Raises SettingsWrong, one line for each mistake."""
    return read_folder(directory, "mandates.matters_directory", Matter, by="code", at_most=MATTERS_AT_MOST)


def labels(matters: Matters) -> dict[str, dict[str, str]]:
    """Names by code and tag, for who shows them."""
    return {code: matter.names for code, matter in matters.items()}


def of_party(matters: Matters, party: Party) -> tuple[Matter, ...]:
    """Those that a mandate for such a party may name, in the order of their codes."""
    return tuple(matter for matter in matters.values() if party in matter.of)


def chosen(matters: Matters, party: Party, codes: Collection[str]) -> list[str]:
    """The codes that somebody named, each once and in order; none is all business.

    Raises UnknownMatters.
    """
    if len(codes) > NAMED_AT_MOST or not set(codes) <= {matter.code for matter in of_party(matters, party)}:
        raise UnknownMatters
    return sorted(set(codes))
