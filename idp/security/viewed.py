"""Each page of the desk that is shown is an event, written before it leaves.

Whoever looks for a case says so by `case`, in the address or in the form: an id, as everything in an address.
"""

from idp.audit.events.desk import SecurityViewed
from idp.extensions import services
from idp.security.work import working_case
from idp.staff_pages.present import context


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
    """The case that this request is for, as it says itself; None for what is none, or is over."""
    found = working_case()
    return None if found is None else found.case_id
