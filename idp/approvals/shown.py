"""A request as whoever decides on it reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from idp.apps import reasons
from idp.apps.going_live import checklist
from idp.apps.going_live.checklist import Outcome
from idp.apps.going_live.models import AppRequest, RequestState
from idp.apps.models import App, Team
from idp.business.models import Organisation
from idp.extensions import services
from idp.locales import gettext as _
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.manifest_texts import differences
from idp.oidc.clients.metadata import read
from idp.oidc.pages import SCOPE_WORDS

LESSENED = ("scope", "redirect_uris", "accepted_parties")
"""Of which single values can be left out."""


def row(session: Session, request: AppRequest, app: App, team: Team) -> dict[str, Any]:
    """In a list."""
    return {
        "url": f"/approvals/{request.id}",
        "name": str(request.fields.get("client_name", "")),
        "team": team_name(session, team),
        "is_new": app.client_id is None or request.granted is not None,
        "state": request.state,
        "state_words": state(request.state),
        "asked_at": request.asked_at,
        "decided_at": request.decided_at,
    }


def whole(session: Session, request: AppRequest, app: App, team: Team) -> dict[str, Any]:
    """On a page of its own."""
    metadata = read(request.fields)
    before: dict[str, Any] = {}
    if app.client_id is not None and request.state == RequestState.OPEN:
        before = changing.standing(session, app.client_id).metadata.to_json()
    return row(session, request, app, team) | {
        "note": request.note,
        "words": request.words,
        "minimum_level": metadata.minimum_level,
        "scopes": [
            {
                "value": scope,
                "words": SCOPE_WORDS[scope]() if scope in SCOPE_WORDS else "",
                "reason": str(request.reasons.get(scope, "")),
                "claims": [
                    {"name": claim, "reason": reason}
                    for claim, reason in reasons.of_claims(scope, request.reasons)
                ],
                "is_fixed": scope == "openid",
            }
            for scope in dict.fromkeys(metadata.scope.split())
        ],
        "lists": [
            {"name": name, "values": list(getattr(metadata, name))}
            for name in LESSENED[1:]
            if getattr(metadata, name)
        ],
        "differences": [
            {"name": one.name, "gone": _texts(one.before), "come": _texts(one.now)}
            for one in differences(before, metadata.to_json())
        ],
        "checks": [
            {"name": name, "words": _(checklist.WORDS[name]), "outcome": what, "outcome_words": outcome(what)}
            for name, what in request.checks.items()
            if name in checklist.WORDS
        ],
        "seen": _seen(request.seen),
    }


def state(one: str) -> str:
    return {
        RequestState.OPEN: _("Waits"),
        RequestState.APPROVED: _("Approved"),
        RequestState.LESSENED: _("Approved with less"),
        RequestState.REFUSED: _("Refused"),
        RequestState.WITHDRAWN: _("Taken back by the team"),
    }[RequestState(one)]


def outcome(one: str) -> str:
    return {
        Outcome.DONE: _("Done"),
        Outcome.MISSING: _("Missing"),
        Outcome.ADVISED: _("Not there, and not needed"),
        Outcome.NOT_NEEDED: _("Not needed"),
    }[Outcome(one)]


def team_name(session: Session, team: Team) -> str:
    """The organisation's own name first: what its owners call the team is a claim of theirs."""
    if team.organisation_id is None:
        return _("A team of one person")
    organisation = session.get_one(Organisation, team.organisation_id)
    return services().organisations.name_of(organisation)


def _seen(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """By the sandbox's word."""
    if not told:
        return None
    seen = told["seen"]
    return {
        "issuer": told["issuer"],
        "client_id": told["client_id"],
        "sign_ins": seen["sign_ins"],
        "report": seen["report"],
    }


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return [str(one) for one in value] if is_list else [str(value)]
