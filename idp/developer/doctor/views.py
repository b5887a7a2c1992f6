"""`/developer/errors`: a reference that stands on an error page, and what was behind it.

A cause belongs to the team of the app whose request it was, and nobody else learns that there is one: what is
unknown, over, or another's is told in the same words. A request that names no app there is belongs to nobody.
Its cause is shown to whoever has the reference: it is the mistake of a developer who cannot find their app
by it, what is kept of it has no secret and nobody's data in it, nothing of any registration is compared with
it but ids of one's own apps, and a reference is drawn from 2^40 and asked for a few times a minute.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request

from idp.apps import apps, membership
from idp.developer import diagnosed
from idp.developer.present import APPS, Developer, developer_here, developer_page
from idp.developer.room import blueprint
from idp.doctor.diagnosis import diagnose
from idp.doctor.table import case_of
from idp.error_references import Cause, explain
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.room import provider

TRIES_PER_MINUTE: Final = 20
OF_NOBODY: Final = frozenset({"client-unknown", "client-unknown-here"})
"""Cases of requests that name no app there is."""
CHARACTERS_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Known:
    cause: Cause
    app_path: str | None
    own: tuple[str, ...]
    """Ids of clients of whoever asks."""


@blueprint.get("/errors")
def errors() -> Response:
    developer = developer_here()
    typed = request.args.get("ref", "").strip()[:CHARACTERS_AT_MOST]
    if not typed:
        return _page(developer, typed)
    if not services().throttle.allow(f"references {developer.person_id}", TRIES_PER_MINUTE, 60):
        return _page(developer, typed, problem=_("That was asked for often. Wait a minute."), status=429)
    found = _found(developer, typed)
    if found is None:
        problem = _("There is no such reference among those of your apps, or it is older than seven days.")
        return _page(developer, typed, problem=problem, status=404)
    return _page(developer, typed, found=_shown(found))


def _page(developer: Developer, typed: str, *, status: int = 200, **said: Any) -> Response:
    return developer_page("developer/doctor/errors.html", developer, status=status, typed=typed, **said)


def _found(developer: Developer, typed: str) -> Known | None:
    """None: there is nothing that whoever is here may see."""
    cause = explain(services().store, typed)
    if cause is None:
        return None
    now = services().clock()
    with reading() as session:
        mine = {
            app.client_id: app.id
            for one in membership.memberships(session, developer.person_id, now)
            for app in apps.of_team(session, one.team_id)
            if app.client_id is not None
        }
    own = tuple(mine)
    if cause.client_id in mine:
        return Known(cause, f"{APPS}/{mine[cause.client_id]}", own)
    case = case_of(cause.error, cause.description, cause.detail)
    is_nobodys = not cause.client_id and case is not None and case.name in OF_NOBODY
    return Known(cause, None, own) if is_nobodys else None


def _shown(found: Known) -> dict[str, Any]:
    cause = found.cause
    client = provider().clients.known(cause.client_id) if cause.client_id else None
    diagnosis = diagnose(cause, client, found.own)
    return {
        "at": cause.at,
        "method": cause.seen.method,
        "path": cause.seen.path,
        "error": cause.error,
        "description": cause.description,
        "detail": diagnosed.detail_of(cause, diagnosis.case),
        "client_id": cause.client_id,
        "app_url": found.app_path,
        "diagnosis": diagnosed.shown(diagnosis, found.app_path),
    }
