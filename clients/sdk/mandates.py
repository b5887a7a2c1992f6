"""A sign-in for one matter: asked for in detail, and held to (RFC 9396, the provider's type `mandate`)."""

import json
from collections.abc import Mapping
from typing import Any

from .acting import ActingFor
from .errors import AnswerRejected
from .pending import Pending


def asked(matter: str, organisation: str | None) -> str | None:
    """RFC 9396, as the provider's type `mandate` wants it."""
    if not matter:
        if organisation is not None:
            # Nothing would be asked for, and any answer taken.
            raise ValueError("an organisation is asked for with a matter")
        return None
    named = {} if organisation is None else {"organisation": organisation}
    return json.dumps([{"type": "mandate", "matter": matter, **named}])


def check(whom: ActingFor | None, started: Pending, granted: Any) -> None:
    """What was asked for has come: not all business instead of one matter, nor nobody's, nor another
    organisation's. The question went through the browser, where a person may change it; what was `granted`
    (RFC 9396 section 7) comes from the provider itself."""
    if whom is None or whom.matters is None or started.matter not in whom.matters:
        raise AnswerRejected("invalid_acting_for", "The answer is not for the matter that was asked for.")
    if started.organisation is None:
        return
    wanted = {"type": "mandate", "matter": started.matter, "organisation": started.organisation}
    wanted["mandate_id"] = whom.mandate_id
    details = granted if isinstance(granted, list) else []
    if not any(isinstance(one, Mapping) and wanted.items() <= one.items() for one in details):
        raise AnswerRejected(
            "invalid_acting_for", "The answer is not for the organisation that was asked for."
        )
