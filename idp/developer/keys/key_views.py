"""Public keys of an app: pasted, fetched from where it keeps them, taken away."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.apps import editing
from idp.apps.editing import EditedMeanwhile, WaitsForApproval
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.audit.events.app_editing import JwksTried
from idp.developer import words
from idp.developer.deeds import deed, held_app
from idp.developer.keys import page
from idp.developer.keys.views import client_of, forget, me
from idp.developer.present import AppHere, app_here, recently_proved
from idp.developer.registered import own_here
from idp.developer.room import blueprint
from idp.extensions import services
from idp.locales import gettext as _
from idp.login.circumstances import context
from idp.oidc.clients.credentials import client_keys
from idp.oidc.clients.credentials.client_keys import NAME_CHARACTERS_AT_MOST
from idp.oidc.clients.credentials.key_reading import Problem, Refused, found_in, read_keys
from idp.oidc.clients.metadata import MetadataRefused
from idp.oidc.clients.resources import ResourceTaken
from idp.oidc.clients.uris import UriRefused, check_web_uri
from idp.oidc.jose.public_keys import KEYS_AT_MOST, KeysRefused, usable_keys
from idp.oidc.room import provider
from idp.outbound import AddressRefused, AnswerRefused, OutboundFailed, TimedOut, Unreachable

FETCHES_PER_MINUTE = 10
"""By one app's team: nobody has us knock at somebody else's door as often as they like."""
MINUTE = 60
OUTCOMES: tuple[tuple[type[OutboundFailed], str], ...] = (
    (TimedOut, "timed-out"),
    (AddressRefused, "address-refused"),
    (AnswerRefused, "answer-refused"),
)
"""In the log; of everything else nobody was reached."""
Then = Callable[[Session], None]
Edit = Callable[[dict[str, Any]], Mapping[str, Any]]


@blueprint.post("/apps/<app_id>/keys/jwks")
def put_keys(app_id: str) -> Response:
    """Beside those that are there, or in their place; in place of a `jwks_uri` in any case."""
    here = app_here(app_id, Role.DEVELOPER)
    recently_proved(here)
    pasted, called = request.form.get("jwks", ""), request.form.get("key_name", "").strip()
    if len(called) > NAME_CHARACTERS_AT_MOST or not called.isprintable():
        wrong = _("At most %(count)s characters that can be seen.", count=NAME_CHARACTERS_AT_MOST)
        return page.show(here, errors={"key_name": wrong, "jwks": _("Paste them again.")}, status=422)
    try:
        new = read_keys(pasted)
    except Refused as refused:
        return _wrong(here, "jwks", refused.problem)
    replaces = request.form.get("how") == "replace"

    def edit(fields: dict[str, Any]) -> Mapping[str, Any]:
        kept = [] if replaces else (fields.get("jwks") or {}).get("keys", [])
        jwks = read_keys(json.dumps({"keys": [*kept, *new["keys"]]}))
        return {**{name: value for name, value in fields.items() if name != "jwks_uri"}, "jwks": jwks}

    def name(session: Session) -> None:
        kids = [one["kid"] for one in new["keys"]]
        client_keys.name(session, client_of(here), kids, called)

    return _edited(here, "put-keys", edit, "keys", "jwks", then=name if called else None)


@blueprint.post("/apps/<app_id>/keys/remove")
def remove_key(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    recently_proved(here)
    gone = request.form.get("thumbprint", "")

    def edit(fields: dict[str, Any]) -> Mapping[str, Any]:
        listed = (fields.get("jwks") or {}).get("keys", [])
        kept = [one for one in listed if found_in({"keys": [one]})[0].thumbprint != gone]
        without = {name: value for name, value in fields.items() if name != "jwks"}
        return {**without, "jwks": {"keys": kept}} if kept else without

    return _edited(here, "remove-key", edit, "removed", "keys")


@blueprint.post("/apps/<app_id>/keys/uri")
def put_or_try_uri(app_id: str) -> Response:
    """`try`: fetched now, and shown; else registered in place of pasted keys."""
    here = app_here(app_id, Role.DEVELOPER)
    recently_proved(here)
    uri = request.form.get("jwks_uri", "").strip()
    try:
        check_web_uri(uri)
        own_here().refuse({"jwks_uri": uri})
    except (UriRefused, MetadataRefused) as refused:
        return page.show(here, errors={"jwks_uri": str(refused)}, typed={"jwks_uri": uri}, status=422)
    if request.form.get("do") == "try":
        return _tried(here, uri)

    def edit(fields: dict[str, Any]) -> Mapping[str, Any]:
        return {**{name: value for name, value in fields.items() if name != "jwks"}, "jwks_uri": uri}

    return _edited(here, "put-keys", edit, "waits", "jwks_uri")


def _tried(here: AppHere, uri: str) -> Response:
    """What stands there now, in the words of whoever has to mend it."""
    found = services()
    allowed = found.throttle.allow(f"jwks-try {here.app.id}", FETCHES_PER_MINUTE, MINUTE)
    if not allowed:
        return page.show(here, error=_("That was often enough for now: try again in a minute."), status=429)
    outcome, wrong, keys, passed_over = _fetched(uri)
    now = found.clock()
    found.audit.append(
        JwksTried(here.developer.person_id, here.app.id, outcome, here.client_id), context(now)
    )
    fetched = {"uri": uri, "wrong": wrong, "keys": keys, "passed_over": passed_over}
    return page.show(here, fetched=fetched, typed={"jwks_uri": uri})


def _fetched(uri: str) -> tuple[str, str | None, list[dict[str, Any]], int]:
    """For the log and for the page; the keys that can be used, and how many cannot."""
    found = services()
    try:
        answer = found.outbound_to_clients.get(uri)
        if answer.status != 200:
            words = _("The address answers with the status %(status)s.", status=answer.status)
            return "status", words, [], 0
        document = json.loads(answer.body)
        good = [one.as_dict(private=False) for one in usable_keys(document)]
        keys = page.keys_shown(found_in({"keys": good}), found.clock())
        return "keys", None, keys, len(document["keys"]) - len(keys)
    except OutboundFailed as failed:
        return _outcome_of(failed), _words_of(failed), [], 0
    except KeysRefused as refused:
        words = _("There is JSON, but no JWKS that can be used (%(reason)s).", reason=str(refused))
        return "unusable", words, [], 0
    except (ValueError, RecursionError):
        return "no-json", _("What stands there is no JSON."), [], 0


def _outcome_of(failed: OutboundFailed) -> str:
    for kind, name in OUTCOMES:
        if isinstance(failed, kind):
            return name
    return "unreachable"


def _words_of(failed: OutboundFailed) -> str:
    if isinstance(failed, TimedOut):
        return _(
            "Nothing came within the %(seconds)s seconds that we wait. At a sign-in we would refuse you.",
            seconds=services().settings.outbound.timeout_seconds,
        )
    if isinstance(failed, AddressRefused):
        return _("This address is none that we go to: it must be https, and in the public network.")
    if isinstance(failed, Unreachable):
        return _("Nobody answers there: the name is not known, or no server takes the connection.")
    if isinstance(failed, AnswerRefused):
        return _("The answer cannot be used: it leads elsewhere, is too big, or is not what HTTP has.")
    return _("It could not be fetched.")


def _edited(
    here: AppHere,
    act: str,
    edit: Edit,
    said: str,
    field: str,
    *,
    then: Callable[[Session], None] | None = None,
) -> Response:
    """One change of the registration, by the rules of all registrations."""
    client_of(here)
    try:
        with deed(act, here) as (session, circumstances):
            app = held_app(session, here, Role.DEVELOPER)
            now = editing.standing(session, app)
            editing.save(
                session,
                app,
                edit(dict(now.fields)),
                expected=now.number,
                person_id=str(me(here).id),
                sandbox=services().settings.sandbox,
                own=own_here(),
                secrets=provider().authenticator.secrets,
                context=circumstances,
            )
            if then is not None:
                then(session)
    except DeveloperDeedRefused as refused:
        return page.show(here, error=words.refusal(refused.reason), status=422)
    except Refused as refused:
        return _wrong(here, field, refused.problem)
    except (MetadataRefused, ResourceTaken) as refused:
        return page.show(here, errors={field: str(refused)}, status=422)
    except EditedMeanwhile:
        again = _("Somebody else has changed the app just now. Look at what stands there, and do it again.")
        return page.show(here, error=again, status=409)
    except WaitsForApproval:
        wait = _("In production this is looked at before it holds: ask for it under “Going live”.")
        return page.show(here, error=wait, status=422)
    forget(here)
    return make_response(redirect(f"{page.keys_path(here)}?said={said}", 303))


def _wrong(here: AppHere, field: str, problem: Problem) -> Response:
    """What was pasted is not shown again: it may have been a private key."""
    values = {**problem.values, "count": KEYS_AT_MOST}
    said = (_(problem.wrong, **values), _(problem.mend, **values))
    return page.show(here, errors={field: " ".join(said)}, status=422)
