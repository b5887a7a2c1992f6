"""The registration of the app that a page is about: read, checked, saved, and what came in between."""

from collections.abc import Mapping
from typing import Any

from flask import request

from idp.apps import editing
from idp.apps.editing import Editable, EditedMeanwhile, Saved, WaitsForApproval
from idp.apps.going_live import asking
from idp.apps.models import App, Role
from idp.developer.deeds import deed, held_app
from idp.developer.explained import field_words
from idp.developer.present import AppHere, is_recently_proved
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.clients.explaining.whole import Explained, explain
from idp.oidc.clients.own_places import OwnPlaces, own_places
from idp.oidc.room import provider


def standing_here(here: AppHere) -> Editable:
    with reading() as session:
        return editing.standing(session, session.get_one(App, here.app.id))


def own_here() -> OwnPlaces:
    """By what addresses we are there ourselves."""
    settings = services().settings
    return own_places(settings.issuer, settings.protocol.mtls_origin)


def expected_version() -> int:
    """The version that the form began at; one that cannot be read is none."""
    return request.form.get("number", type=int, default=-1)


def saved_here(
    here: AppHere, fields: Mapping[str, Any], expected: int, reasons: Mapping[str, str] | None = None
) -> Saved:
    """Raises what `editing.save` raises, and DeveloperDeedRefused."""
    found, provided = services(), provider()
    with deed("edit-app", here) as (session, circumstances):
        saved = editing.save(
            session,
            held_app(session, here, Role.DEVELOPER),
            fields,
            expected=expected,
            person_id=here.developer.person_id,
            sandbox=found.settings.sandbox,
            own=own_here(),
            secrets=provided.authenticator.secrets,
            context=circumstances,
            reasons=reasons,
        )
    if here.client_id is not None:
        # Of this process; the others look within two seconds.
        provided.clients.forget(here.client_id)
    return saved


def asks(here: AppHere) -> bool:
    """Whether the form asks for what waits instead of saving it. A draft asks on the page of going live, and
    in the sandbox nothing waits."""
    return "ask" in request.form and here.client_id is not None and not services().settings.sandbox


def why_not_asked(here: AppHere) -> str | None:
    """Why this person does not ask for what waits: whoever gives a live app more does as much as whoever
    makes it live, so it takes the same role and a proof as fresh. None where they may."""
    if not here.may(Role.OWNER):
        return _("An owner of the team asks for these changes.")
    if not is_recently_proved(here):
        return _("Asking takes a fresh proof: prove anew who you are first, then ask again.")
    return None


def asked_here(
    here: AppHere, fields: Mapping[str, Any], expected: int, reasons: Mapping[str, str] | None = None
) -> None:
    """Ask for the registration that is not changed without approval (`idp.apps.material`).

    The caller has looked at `why_not_asked`. Raises NotReady, EditedMeanwhile, MetadataRefused,
    DeveloperDeedRefused where a request waits already.
    """
    with deed("ask-for-changes", here) as (session, circumstances):
        app = held_app(session, here, Role.OWNER)
        now = editing.standing(session, app)
        if now.number != expected:
            raise EditedMeanwhile
        why = now.reasons if reasons is None else reasons
        asking.ask(
            session,
            app,
            fields,
            number=now.number,
            reasons=why,
            note="",
            person_id=here.developer.person_id,
            own=own_here(),
            context=circumstances,
        )
        # They hold as soon as what they are for does.
        app.told = {**app.told, editing.REASONS: dict(why)}


def explained_here(here: AppHere, fields: Mapping[str, Any]) -> Explained:
    with reading() as session:
        app = session.get_one(App, here.app.id)
        others = editing.others(
            session, app, app.team_id, sandbox=services().settings.sandbox, own=own_here()
        )
    return explain(fields, others)


def waiting_words(waits: WaitsForApproval) -> list[dict[str, Any]]:
    return [field_words(name) for name in sorted(waits.names)]


def compared(current: Mapping[str, Any], mine: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What stands there now and what was typed, where they differ."""
    names = [name for name in {**current, **mine} if current.get(name) != mine.get(name)]
    return [
        field_words(name) | {"theirs": _lined(current.get(name)), "mine": _lined(mine.get(name))}
        for name in names
    ]


def _lined(value: Any) -> str:
    if value is None:
        return "–"
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
