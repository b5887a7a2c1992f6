"""Whom and what alerts and cases are about, and where the desk shows everything around it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from idp.audit.fields import is_identifier
from idp.security.case_words import SUBJECTS, words
from idp.security.officers import staff_id_of
from idp.security.rows import short

PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "person": ("security.person_page", "person_id"),
    "client": ("security.client_page", "client_id"),
    "session": ("security.session_page", "session_id"),
    "device": ("security.device_page", "device"),
    "address": ("security.address_page", "address"),
    "organisation": ("security.organisation_page", "organisation_id"),
    "staff": ("security.search_page", "actor"),
}
"""The others have no page of their own."""
MEASURES: Final = "/security/measures/new"
MEASURABLE: Final = frozenset({"person", "client", "session", "address", "organisation"})
SAID_WHOLE: Final = frozenset({"client", "address", "log"})
"""People read these; of all others an id stands there, of which the end is enough."""


def shown(
    kind: str, subject: str, staff_numbers: Mapping[str, str], case_id: str | None = None
) -> dict[str, Any]:
    """In words, and where it leads: to what happened around it, and to what can be done about it."""
    case = {} if case_id is None else {"case": case_id}
    return {
        "kind": kind,
        "kind_words": words(SUBJECTS, kind),
        "subject": subject,
        "words": in_words(kind, subject, staff_numbers),
        "url": _page(kind, subject, case),
        "measure_url": with_query(MEASURES, {"subject_kind": kind, "subject": subject, **case})
        if kind in MEASURABLE
        else None,
    }


def in_words(kind: str, subject: str, staff_numbers: Mapping[str, str]) -> str:
    if kind == "staff":
        return staff_numbers.get(subject) or short(subject)
    return subject if kind in SAID_WHOLE else short(subject)


def asked(values: Mapping[str, str]) -> tuple[str, str] | None:
    """Kind and id as an address has them; None for what is no id, which is in no log and on no page."""
    kind, subject = values.get("subject_kind", ""), values.get("subject", "")
    return (kind, subject) if kind and is_identifier(subject) else None


def typed_again(text: str) -> str:
    """What somebody typed, as far as it may be shown to them again: it could be a number of a person."""
    return text if is_identifier(text.replace("/", "~")) else ""


def posted(session: Session, form: Mapping[str, str]) -> tuple[str, str]:
    """Kind and id as a form has them; a member of staff by their number of service, too."""
    kind, typed = form.get("subject_kind", ""), form.get("subject", "").strip()
    return kind, staff_id_of(session, typed) if kind == "staff" else typed


def _page(kind: str, subject: str, case: Mapping[str, str]) -> str | None:
    found = PAGES.get(kind)
    if found is None:
        return None
    endpoint, name = found
    values: dict[str, Any] = {name: subject, **case}
    return url_for(endpoint, **values)


def with_query(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
