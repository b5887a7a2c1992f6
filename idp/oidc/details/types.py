"""The types of authorization details that this provider knows: one TOML file each, written by the operator.

A type says which fields there are, how a person reads them in each language, at which resources they count
(RFC 8707), how sure of the person they need us to be, and whether they are asked about each time. A file
that cannot be understood stops the start: nobody agrees to something that shows wrongly.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from idp.audit.fields import is_code
from idp.oidc.clients.uris import UriRefused, check_resource_uri
from idp.oidc.details.fields import (
    MATTERS,
    AnyField,
    DateField,
    Labels,
    MatterField,
    OrganisationField,
)
from idp.oidc.levels import HIGHEST, LOWEST
from idp.settings.folders import read_folder

TYPES_AT_MOST = 100
FIELDS_AT_MOST = 24
LOCATIONS_AT_MOST = 8
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
PLACE = re.compile(r"\{([^{}]*)\}")
"""Of a field's value in a sentence."""
TYPE, LOCATIONS = "type", "locations"
"""The members that every object may have (RFC 9396 sections 2 and 2.2)."""


Kind = type[MatterField] | type[OrganisationField]


class DetailsType(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    title: Labels
    sentence: Labels
    """What the person agrees to. `{amount}` stands for a field's value; every required field has a place."""
    locations: Annotated[tuple[str, ...], Field(max_length=LOCATIONS_AT_MOST)]
    """The resources that it counts at. A request may name some of them; naming none means all. None: it
    counts wherever its tokens do, as for whom somebody acts does."""
    minimum_level: Annotated[int, Field(ge=LOWEST, le=HIGHEST)]
    one_time: bool
    """Asked about each time; else the very same details are agreed to for as long as the consent lasts."""
    self_registered: bool = False
    """Whether clients may use it that nobody has looked at."""
    fields: Annotated[dict[str, AnyField], Field(max_length=FIELDS_AT_MOST)]

    @model_validator(mode="after")
    def type_can_be_logged(self) -> Self:
        # RFC 9396 section 2.1: ASCII, so that it is copied without ambiguity.
        if not is_code(self.type):
            raise ValueError("type: letters, digits and single - _ . : / between them, 64 at most")
        return self

    @model_validator(mode="after")
    def locations_are_resources(self) -> Self:
        for uri in self.locations:
            try:
                check_resource_uri(uri)
            except UriRefused as refused:
                raise ValueError(f"locations: {refused}") from None
        return self

    @model_validator(mode="after")
    def who_acts_for_whom_is_clear(self) -> Self:
        matters, organisations = tuple(self._of_kind(MatterField)), tuple(self._of_kind(OrganisationField))
        if len(matters) > 1 or len(organisations) > 1:
            raise ValueError("fields: one matter, and one organisation, at most")
        if organisations and not matters:
            raise ValueError("fields: an organisation goes with a matter")
        if any(not self.fields[name].required for name in matters):
            raise ValueError(f"fields.{matters[0]}.required: whether somebody acts for another is no option")
        if not self.locations and not matters:
            raise ValueError("locations: only a type with a matter counts everywhere")
        return self

    @model_validator(mode="after")
    def fields_are_named(self) -> Self:
        for name, field in self.fields.items():
            if not FIELD_NAME.fullmatch(name) or name in {TYPE, LOCATIONS}:
                raise ValueError(f"fields: {name} is not for a field")
            if isinstance(field, DateField) and field.not_before is not None:
                other = self.fields.get(field.not_before)
                if not isinstance(other, DateField):
                    raise ValueError(f"fields.{name}.not_before: not a field that is a date")
        return self

    @model_validator(mode="after")
    def sentences_say_everything_required(self) -> Self:
        required = {name for name, field in self.fields.items() if field.required}
        for tag, sentence in self.sentence.items():
            # A sentence with a hole in it could be read in two ways.
            if set(PLACE.findall(sentence)) != required:
                raise ValueError(f"sentence.{tag}: has to hold each required field, and no other")
        return self

    @property
    def matter(self) -> str | None:
        """The name of the field that says in what somebody acts for another; None: nobody has to."""
        return next(self._of_kind(MatterField), None)

    @property
    def organisation(self) -> str | None:
        """The name of the field that may say for which organisation."""
        return next(self._of_kind(OrganisationField), None)

    def _of_kind(self, kind: Kind) -> Iterator[str]:
        return (name for name, field in self.fields.items() if isinstance(field, kind))


DetailsTypes = Mapping[str, DetailsType]
NO_MATTERS: Mapping[str, Labels] = MappingProxyType({})


def load(directory: Path | None, matters: Mapping[str, Labels] = NO_MATTERS) -> DetailsTypes:
    """All types of the folder by their names. `matters`: those that there are mandates for, with their names.

    Raises SettingsWrong, one line for each mistake.
    """
    return read_folder(
        directory,
        "protocol.authorization_details_directory",
        DetailsType,
        # RFC 9396 section 2: no collision between types (MUST).
        by="type",
        at_most=TYPES_AT_MOST,
        context={MATTERS: dict(matters)},
    )
