"""Each page of the desk that is shown is an event, written before it leaves.

Whoever looks for a case says so by `case`, in the address or in the form: an id, as everything in an address.
"""

from typing import Final
from uuid import UUID

from flask import request

from idp.audit.events import SecurityViewed
from idp.extensions import services
from idp.staff_pages.present import context

CASE: Final = "case"
"""The parameter that goes along from page to page of one piece of work."""


def viewed(
    page: str,
    *,
    person_id: str | None = None,
    client_id: str | None = None,
    subject: str | None = None,
) -> None:
    """Call it once a page is about to be shown, with whose it is. No transaction may be held.

    `page`: a code; `subject`: an identifier. Raises AuditUnavailable: nothing is shown then.
    """
    event = SecurityViewed(
        page, person_id=person_id, client_id=client_id, subject=subject, case_id=case_here()
    )
    services().audit.append(event, context())


def case_here() -> str | None:
    """The case that this request is for, as it says itself; None for what is no id."""
    given = request.values.get(CASE, "")
    try:
        return str(UUID(given)) if given else None
    except ValueError:
        return None
