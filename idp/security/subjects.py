"""Whom and what alerts and cases are about, and where the desk shows everything around it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from idp.security.case_words import SUBJECTS, words

PAGES: Final[Mapping[str, str]] = {
    "person": "/security/people/",
    "client": "/security/clients/",
    "session": "/security/sessions/",
    "device": "/security/devices/",
    "address": "/security/addresses/",
}
"""The others have no page of their own."""
MEASURES: Final = "/security/measures/new"
MEASURABLE: Final = frozenset({"person", "client", "session", "address", "organisation"})


def shown(kind: str, subject: str, case_id: str | None = None) -> dict[str, Any]:
    """Words, the id, and where it leads: to what happened around it, and to what can be done about it."""
    query = {} if case_id is None else {"case": case_id}
    page = PAGES.get(kind)
    about = {"subject_kind": kind, "subject": subject, **query}
    return {
        "kind": kind,
        "kind_words": words(SUBJECTS, kind),
        "subject": subject,
        "url": None if page is None else with_query(f"{page}{quote(subject, safe='')}", query),
        "measure_url": with_query(MEASURES, about) if kind in MEASURABLE else None,
    }


def with_query(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
