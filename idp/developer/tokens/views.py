"""Tokens by which programs register apps of a team (RFC 7591 section 3): made, listed, ended.

In the sandbox alone: in production every app is looked at before it works.
"""

from typing import Any, Final

from flask import Response, abort, make_response, redirect, request

from idp.apps import membership, registering
from idp.apps.membership import Membership
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.developer import people, words
from idp.developer.deeds import deed, held_team
from idp.developer.present import (
    CONSOLE,
    Developer,
    TeamHere,
    developer_here,
    developer_page,
    is_recently_proved,
    recently_proved,
    team_here,
)
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.registration import initial_tokens
from idp.oidc.registration.answers import PATH

TOKENS: Final = f"{CONSOLE}/tokens"
DAYS: Final = (1, 7, 30)
USES_AT_MOST: Final = 100
USES_DIGITS: Final = 3


@blueprint.get("/tokens")
def tokens_page() -> Response:
    _in_the_sandbox()
    return _page(developer_here())


@blueprint.post("/tokens")
def make_token() -> Response:
    """The token is on the answer to this form and nowhere else."""
    _in_the_sandbox()
    developer = developer_here()
    recently_proved(developer)
    here = team_here(request.form.get("team", ""), Role.DEVELOPER)
    uses, days = _number("uses"), _number("days")
    if not 1 <= uses <= USES_AT_MOST or days not in DAYS:
        errors = {"uses": _("A number from 1 to %(most)s.", most=USES_AT_MOST)}
        return _page(developer, errors=errors, status=422)
    try:
        with deed("make-token", here) as (session, circumstances):
            made = registering.make_token(
                session,
                held_team(session, here, Role.DEVELOPER),
                developer.person_id,
                uses=uses,
                days=days,
                settings=services().settings.developer,
                context=circumstances,
            )
    except DeveloperDeedRefused as refused:
        return _page(developer, error=words.refusal(refused.reason), status=422)
    return _page(developer, new_token=made.token)


@blueprint.post("/tokens/<token_id>/end")
def end_token(token_id: str) -> Response:
    _in_the_sandbox()
    developer = developer_here()
    here = _team_of(developer, token_id)
    try:
        with deed("end-token", here) as (session, circumstances):
            team = held_team(session, here, Role.DEVELOPER)
            registering.end_token(session, team, token_id, developer.person_id, context=circumstances)
    except DeveloperDeedRefused as refused:
        return _page(developer, error=words.refusal(refused.reason), status=422)
    return make_response(redirect(f"{TOKENS}?said=ended", 303))


def _in_the_sandbox() -> None:
    if not services().settings.sandbox:
        abort(404)


def _team_of(developer: Developer, token_id: str) -> TeamHere:
    """404 of a token of anybody else's."""
    found = services()
    with reading() as session:
        mine = membership.memberships(session, developer.person_id, found.clock())
        good = initial_tokens.of_teams(session, [one.team_id for one in mine], found.clock())
        team_id = next((one.team_id for one in good if one.id == token_id), None)
    if team_id is None:
        abort(404)
    return team_here(team_id, Role.DEVELOPER)


def _number(name: str) -> int:
    """0 for anything else."""
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= USES_DIGITS else 0


def _page(developer: Developer, *, status: int = 200, **shown: Any) -> Response:
    found = services()
    now = found.clock()
    registration = found.settings.protocol.registration
    with reading() as session:
        mine = membership.memberships(session, developer.person_id, now)
        names = {one.team_id: words.name_of(session, one) for one in mine}
        listed = [
            {
                "team": names[str(one.team_id)],
                "uses_left": one.uses_left,
                "until": one.expires_at,
                "made_by": people.name(session, one.made_by or ""),
                "made_at": one.created_at,
                "end_url": f"{TOKENS}/{one.id}/end" if _may(mine, one.team_id) else None,
            }
            for one in initial_tokens.of_teams(session, list(names), now)
        ]
    notice = (
        _("The token is ended. What it registered stays.") if request.args.get("said") == "ended" else None
    )
    return developer_page(
        "developer/tokens/tokens.html",
        developer,
        status=status,
        tokens=listed,
        teams=[
            {"id": one.team_id, "name": names[one.team_id]}
            for one in mine
            if one.role.includes(Role.DEVELOPER)
        ],
        days=DAYS,
        uses_at_most=USES_AT_MOST,
        is_off=registration == "off",
        registration_url=f"{found.settings.issuer}{PATH}",
        proof_is_old=not is_recently_proved(developer),
        **{"errors": {}, "notice": notice, **shown},
    )


def _may(mine: tuple[Membership, ...], team_id: str | None) -> bool:
    return any(one.team_id == team_id and one.role.includes(Role.DEVELOPER) for one in mine)
