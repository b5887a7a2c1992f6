"""Every change of an app's registration: who, when, what, field by field; and undoing one."""

import json
from itertools import pairwise
from typing import Any

from flask import Response, abort, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.apps import editing
from idp.apps.editing import WaitsForApproval
from idp.apps.material import needs_approval
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.developer import people, words
from idp.developer.deeds import deed, held_app
from idp.developer.explained import field_words
from idp.developer.present import AppHere, app_here, developer_page, recently_proved
from idp.developer.registered import own_here
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.clients.changes import changing, history
from idp.oidc.clients.changes.changing import ChangedMeanwhile, NoSuchVersion
from idp.oidc.clients.changes.history import Actor, ActorKind, Version
from idp.oidc.clients.changes.manifest_texts import Difference, differences
from idp.oidc.clients.changes.manifest_texts import fields as fields_of
from idp.oidc.clients.changes.undoing import OtherCredentialsNeeded, brought_back
from idp.oidc.clients.explaining.fields import FIELDS
from idp.oidc.clients.metadata import MetadataRefused, from_json
from idp.oidc.clients.resources import ResourceTaken
from idp.oidc.room import provider

SHOWN_AT_ONCE = 20
KEYS = frozenset({changing.SECRET, "jwks", "jwks_uri"})
GIVEN = ("subject_type", "token_exchange", "may_act", "sector_identifier_uri")
"""By the operator alone."""


@blueprint.get("/apps/<app_id>/history")
def app_history(app_id: str) -> Response:
    here = app_here(app_id)
    said = {"undone": _("It is as it was.")}.get(request.args.get("said", ""))
    return _page(here, notice=said)


@blueprint.get("/apps/<app_id>/history/<int:number>/undo")
def undo_page(app_id: str, number: int) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    recently_proved(here)
    return _confirmation(here, number)


@blueprint.post("/apps/<app_id>/history/<int:number>/undo")
def undo(app_id: str, number: int) -> Response:
    """Back to what version `number` said: a new version, by today's rules."""
    here = app_here(app_id, Role.DEVELOPER)
    recently_proved(here, f"{here.path}/history/{number}/undo")
    expected = request.form.get("expected", "")
    if not expected.isascii() or not expected.isdigit() or len(expected) > 9:
        abort(400)
    found = services()
    try:
        with deed("undo-change", here) as (session, circumstances):
            editing.refuse_frozen(session, held_app(session, here, Role.DEVELOPER))
            _check_waiting(session, here, number, sandbox=found.settings.sandbox)
            changing.undo(
                session,
                _client(here),
                number,
                actor=Actor(ActorKind.PERSON, here.developer.person_id),
                context=circumstances,
                secrets=provider().authenticator.secrets,
                expected_version=int(expected),
            )
    except DeveloperDeedRefused as refused:
        return _page(here, error=words.refusal(refused.reason), status=422)
    except NoSuchVersion:
        abort(404)
    except WaitsForApproval:
        wait = _("In production this is looked at before it holds: ask for it under “Going live”.")
        return _confirmation(here, number, error=wait, status=422)
    except ChangedMeanwhile:
        meanwhile = _(
            "Somebody else has changed the app just now. Look at what would be undone, and do it again."
        )
        return _confirmation(here, number, error=meanwhile, status=409)
    except OtherCredentialsNeeded as refused:
        other_keys = _(
            "The app cannot be as it was with the keys that it has now, and going back brings no old keys "
            "back. Put what it needs under “Secrets and keys” or “Settings”, then go back: %(reason)s",
            reason=str(refused),
        )
        return _confirmation(here, number, error=other_keys, status=422)
    except (MetadataRefused, ResourceTaken) as refused:
        no_longer = _("What it was then is no longer allowed: %(reason)s", reason=str(refused))
        return _confirmation(here, number, error=no_longer, status=422)
    provider().clients.forget(_client(here))
    return make_response(redirect(f"{here.path}/history?said=undone", 303))


def _check_waiting(session: Session, here: AppHere, number: int, *, sandbox: bool) -> None:
    """In production, undoing lets nothing through that would wait as a change; nowhere does it bring back
    what the operator alone gives, and has taken away.

    Raises WaitsForApproval, MetadataRefused.
    """
    old = history.version(session, _client(here), number)
    if old is None:
        return
    now = changing.standing(session, _client(here)).metadata
    back = brought_back(old.metadata, now.to_json())
    given, taken = ({name: one.get(name) for name in GIVEN} for one in (now.to_json(), back))
    if names := [name for name in GIVEN if given[name] != taken[name]]:
        raise MetadataRefused(f"{', '.join(names)}: the operator's")
    own_here().refuse(fields_of(back))
    if sandbox:
        return
    try:
        waiting = needs_approval(now, from_json(back))
    except MetadataRefused:
        return  # told by what is tried next
    if waiting:
        raise WaitsForApproval(waiting)


def _page(here: AppHere, *, status: int = 200, **shown: Any) -> Response:
    client_id = _client(here)
    with reading() as session:
        versions = history.history(session, client_id)
        pairs = [*pairwise(versions), *((versions[-1], None),)] if versions else []
        offset = _offset_asked(len(pairs))
        entries = [
            _entry(session, here, after, before, versions[0])
            for after, before in pairs[offset : offset + SHOWN_AT_ONCE]
        ]
    following = offset + SHOWN_AT_ONCE
    return developer_page(
        "developer/history/history.html",
        here,
        status=status,
        entries=entries,
        kept_at_most=history.KEPT_AT_MOST,
        older_url=f"{here.path}/history?from={following}" if following < len(pairs) else None,
        newer_url=f"{here.path}/history?from={max(0, offset - SHOWN_AT_ONCE)}" if offset else None,
        **shown,
    )


def _entry(
    session: Session, here: AppHere, after: Version, before: Version | None, newest: Version
) -> dict[str, Any]:
    why_not = _why_not(after, newest)
    may_undo = after.number != newest.number and here.may(Role.DEVELOPER)
    return {
        "number": after.number,
        "at": after.at,
        "who": _who(session, after.actor),
        "what": _what(after, before),
        "differences": [] if before is None else [_row(one) for one in history.difference(before, after)],
        "undo_url": f"{here.path}/history/{after.number}/undo" if may_undo and not why_not else None,
        "why_not": why_not if may_undo else "",
    }


def _why_not(after: Version, newest: Version) -> str:
    """Why nobody goes back to that version; empty where they may. What it has of the registration is also in
    the one before it."""
    changed = set(after.changed)
    if changed and changed <= KEYS:
        return _("There is nothing to go back to: secrets and keys come and go under “Secrets and keys”.")
    if changed == {changing.STATUS}:
        return _("There is nothing to go back to: an app is stopped and let go on under “Overview”.")
    if changed in ({changing.TAKEN_OVER}, {changing.REGISTRATION_TOKEN}):
        return _("There is nothing to go back to: what is registered stayed as it was.")
    if brought_back(after.metadata, newest.metadata) == newest.metadata:
        return _("There is nothing to go back to: keys aside, what is registered now is the same.")
    return ""


def _what(after: Version, before: Version | None) -> str:
    if after.undone_to is not None:
        return _("Brought back what version %(number)s said", number=after.undone_to)
    if before is None:
        return (
            _("Registered") if after.number == 1 and after.changed else _("As far as the history goes back")
        )
    if after.changed and set(after.changed) <= KEYS - {changing.SECRET}:
        return _("Keys were put, or removed")
    if after.changed == (changing.SECRET,):
        return _("A secret was made, or revoked")
    if after.changed == (changing.STATUS,):
        return _("Stopped, or let go on")
    if after.changed == (changing.TAKEN_OVER,):
        return _("Taken over by the operator")
    if after.changed == (changing.REGISTRATION_TOKEN,):
        return _("The token by which the app changes its own registration was ended")
    return _("Changed")


def _who(session: Session, actor: Actor) -> str:
    if actor.kind is ActorKind.PERSON and actor.id is not None:
        return people.name(session, actor.id)
    return words.actor(actor.kind)


def _row(one: Difference) -> dict[str, Any]:
    base = one.name.partition("#")[0]
    label = field_words(one.name)["label"] if base in FIELDS else one.name
    before, now = _listed(one.before), _listed(one.now)
    both_lists = isinstance(one.before, list | dict) and isinstance(one.now, list | dict)
    return {
        "name": one.name,
        "label": label,
        # Of a list what came and what went, not all of it twice.
        "gone": [text for text in before if not (both_lists and text in now)],
        "come": [text for text in now if not (both_lists and text in before)],
    }


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, dict) and isinstance(value.get("keys"), list):
        return [_key(one) for one in value["keys"]]
    if isinstance(value, list):
        return [one if isinstance(one, str) else _written(one) for one in value]
    return [value if isinstance(value, str) else _written(value)]


def _key(one: dict[str, Any]) -> str:
    """Of a registered set: which it is, not what it is made of."""
    kind = " ".join(filter(None, (str(one.get("kty")), one.get("crv"), one.get("alg"))))
    return f"{one.get('kid', '–')} ({kind})"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return json.dumps(value, ensure_ascii=False, indent=2)


def _confirmation(here: AppHere, number: int, *, status: int = 200, **shown: Any) -> Response:
    client_id = _client(here)
    with reading() as session:
        old = history.version(session, client_id, number)
        if old is None:
            abort(404)
        versions = history.history(session, client_id, limit=1)
        newest = versions[0].metadata
        found = differences(newest, brought_back(old.metadata, newest))
        since = [one for one in history.history(session, client_id) if one.number > number]
        who = list(dict.fromkeys(_who(session, one.actor) for one in since))
    return developer_page(
        "developer/history/undo.html",
        here,
        status=status,
        number=number,
        at=old.at,
        differences=[_row(one) for one in found],
        changes=len(since),
        who=who,
        expected=versions[0].number,
        action=f"{here.path}/history/{number}/undo",
        back=f"{here.path}/history",
        **shown,
    )


def _client(here: AppHere) -> str:
    """404 of a draft: its history begins with its client."""
    if here.client_id is None:
        abort(404)
    return here.client_id


def _offset_asked(count: int) -> int:
    typed = request.args.get("from", "")
    offset = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
    return offset if offset < count else 0
