"""The settings of measures of the security staff."""

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from idp.settings.sections import Count, Section

TwoOfficers = Literal[
    "end_sessions:session",
    "end_sessions:person",
    "end_sessions:client",
    "end_sessions:address",
    "freeze:person",
    "freeze:organisation",
    "freeze:client",
    "require_reenrolment:person",
    "block:address",
]
"""A deed and to whom it is done, as in `idp.measures.kinds`, which a test holds it to."""


def _is_range(text: str) -> str:
    return str(ip_network(text))


Range = Annotated[str, AfterValidator(_is_range)]


class Measures(Section):
    two_officers: tuple[TwoOfficers, ...]
    agreement_hours: Annotated[int, Field(ge=1, le=72)]
    never_blocked: tuple[Range, ...]
    block_days_at_most: Annotated[int, Field(ge=1, le=90)]
    batches_at_once: Count
    disowned_per_day: Count
    kept_days: Annotated[int, Field(ge=180, le=36525)]
