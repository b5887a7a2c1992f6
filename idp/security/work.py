"""The case for which somebody at the desk looks at things, in this window of their browser.

It goes along in the addresses of the desk's pages (`case`), so that two windows can be at two cases, and
whoever leaves it looks for none from then on. Only a case that is not over counts: an id that somebody made
up, or one of a case that was closed, makes no view a view for a case.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import g, request

from idp.cases import reading as cases
from idp.extensions import reading
from idp.security.room import blueprint

CASE: Final = "case"
"""The parameter, in the address or in a form."""


@dataclass(frozen=True, slots=True)
class Work:
    case_id: str
    number: str


def working_case() -> Work | None:
    """Asked of the database once a request."""
    if "working_case" not in g:
        g.working_case = _find(request.values.get(CASE, ""))
    found: Work | None = g.working_case
    return found


def _find(given: str) -> Work | None:
    try:
        case_id = str(UUID(given)) if given else None
    except ValueError:
        return None
    if case_id is None:
        return None
    with reading() as session:
        number = cases.living_number(session, case_id)
    return None if number is None else Work(case_id, number)


@blueprint.url_defaults
def keep_the_case(_endpoint: str, values: dict[str, Any]) -> None:
    """Every address of a page of the desk leads on within the same piece of work."""
    if CASE not in values and (found := working_case()) is not None:
        values[CASE] = found.case_id
