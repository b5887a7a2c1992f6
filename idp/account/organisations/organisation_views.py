"""One organisation: its people and what was offered, what happened, and at which level it gives mandates."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import Response, make_response, redirect, render_template, request, url_for

from idp.account.home_views import level_here
from idp.account.mandates import refusals
from idp.account.mandates.deeds import deed
from idp.account.mandates.facts import role_of
from idp.account.organisations import facts
from idp.account.organisations.place import ORGANISATIONS, Place, place_of
from idp.account.proving import signed_in_at
from idp.account.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.mandates.refusing import MandateRefused
from idp.mandates.rules import LEVELS
from idp.oidc.levels import VERIFIED
from idp.sessions import SignIn

PAGE: Final = 50
SEARCHED_FROM: Final = 9
LONGEST_TEXT: Final = 100

SAID: dict[str, Callable[[], str]] = {
    "invited": lambda: _(
        "The invitation is there. If number and name are right, they find it after signing in, under "
        "“Acting for others”. Tell them yourself: whether somebody has an account here is told to nobody."
    ),
    "withdrawn": lambda: _("The invitation is withdrawn."),
    "ended": lambda: _("It has ended."),
    "changed": lambda: _("It is changed."),
    "level": lambda: _("The level is set."),
    "added": lambda: _("The business register names you: you represent this organisation here from now on."),
}
"""What is said of what was just done, by the word in the address."""


@blueprint.get(f"{ORGANISATIONS}/<organisation_id>")
def organisation(organisation_id: str) -> Response:
    signed_in = signed_in_at(f"{ORGANISATIONS}/{organisation_id}", level=VERIFIED)
    return organisation_page(signed_in, organisation_id)


@blueprint.post(f"{ORGANISATIONS}/<organisation_id>")
def find_people(organisation_id: str) -> Response:
    """By part of a name, which stands in no address."""
    signed_in = signed_in_at(f"{ORGANISATIONS}/{organisation_id}", level=VERIFIED)
    return organisation_page(
        signed_in, organisation_id, searched=request.form.get("q", "")[:LONGEST_TEXT].strip()
    )


@blueprint.get(f"{ORGANISATIONS}/<organisation_id>/history")
def organisation_history(organisation_id: str) -> Response:
    """Who appointed whom and what ended; and where somebody acted for the organisation."""
    signed_in = signed_in_at(f"{ORGANISATIONS}/{organisation_id}/history", level=VERIFIED)
    with reading() as session:
        place = place_of(session, signed_in, organisation_id)
        if not place.own.is_business:
            return make_response(redirect(place.path, 303))
        events, last = facts.history(session, place, _moment(request.args.get("before", "")))
        page = render_template(
            "account/organisation_history.html",
            name=place.name,
            events=events,
            older_url=None
            if last is None
            else url_for("account.organisation_history", organisation_id=place.id, before=last.timestamp()),
            uses=facts.used(session, place),
            uses_at_most=facts.USES_SHOWN,
            organisation_url=place.path,
        )
    return make_response(page)


@blueprint.post(f"{ORGANISATIONS}/<organisation_id>/level")
def set_level(organisation_id: str) -> Response:
    """At which level mandates are given and accepted. Who lowers it proves what it was."""
    signed_in = signed_in_to_give(organisation_id, f"{ORGANISATIONS}/{organisation_id}")
    typed = request.form.get("level", "")
    level = int(typed) if typed in map(str, LEVELS) else 0
    try:
        with deed("level", signed_in) as (session, circumstances):
            place = place_of(session, signed_in, organisation_id)
            services().mandates.levels.set(
                session, place.own, level, proved=level_here(signed_in), context=circumstances
            )
    except MandateRefused as refused:
        error = refusals.of(refused.reason)
        return organisation_page(signed_in, organisation_id, error=error, status=422)
    return to_organisation(organisation_id, "level")


@blueprint.get(f"{ORGANISATIONS}/<organisation_id>/level")
def level_again(organisation_id: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return organisation(organisation_id)


def signed_in_to_give(organisation_id: str, target: str) -> SignIn:
    """At the level at which this organisation gives mandates, which only those are told who have a place
    there."""
    signed_in = signed_in_at(target, level=VERIFIED)
    with reading() as session:
        place = place_of(session, signed_in, organisation_id)
        needed = services().mandates.levels.of(session, place.id)
    return signed_in_at(target, level=max(VERIFIED, needed))


def to_organisation(organisation_id: str, said: str) -> Response:
    to = url_for("account.organisation", organisation_id=organisation_id, said=said)
    return make_response(redirect(to, 303))


def organisation_page(
    signed_in: SignIn, organisation_id: str, *, searched: str = "", status: int = 200, **shown: object
) -> Response:
    """`searched`: part of a name; of those who have it the first are shown."""
    now = services().clock()
    said = SAID.get(request.args.get("said", ""))
    with reading() as session:
        place = place_of(session, signed_in, organisation_id)
        members = facts.members(session, place, now)
        matching = [one for one in members if searched.casefold() in one.name.casefold()]
        first = 0 if searched else _page_number() * PAGE
        page = render_template(
            "account/organisation.html",
            name=place.name,
            code=place.organisation.code,
            kind=facts.kind_of(place),
            status_words=facts.status_of(place),
            role=role_of(place.own.role),
            members=matching[first : first + PAGE],
            more=max(len(matching) - PAGE, 0) if searched else 0,
            searched=searched,
            search_url=place.path,
            is_long=len(members) >= SEARCHED_FROM,
            pages=() if searched else _pages(place, len(members)),
            offered=facts.offered(session, place, now),
            invite_urls=_invite_urls(place),
            level=services().mandates.levels.of(session, place.id),
            levels=list(LEVELS),
            level_url=url_for("account.set_level", organisation_id=place.id) if place.sets_rules else None,
            history_url=url_for("account.organisation_history", organisation_id=place.id)
            if place.own.is_business
            else None,
            organisations_url=url_for("account.organisations"),
            notice=None if said is None else said(),
            **shown,
        )
    return make_response(page, status)


def _invite_urls(place: Place) -> dict[str, str]:
    return {
        role.value: url_for("account.invite_to_organisation", organisation_id=place.id, role=role.value)
        for role in place.appoints
    }


def _pages(place: Place, total: int) -> list[dict[str, object]]:
    here = _page_number()
    return [
        {
            "number": number + 1,
            "is_here": number == here,
            "url": url_for("account.organisation", organisation_id=place.id, page=number + 1),
        }
        for number in range(-(-total // PAGE))
    ]


def _page_number() -> int:
    """From 0."""
    typed = request.args.get("page", "1")
    return max(int(typed) - 1, 0) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else 0


def _moment(typed: str) -> datetime | None:
    """Of an address that we made; anything else begins at the top."""
    try:
        return datetime.fromtimestamp(float(typed), tz=services().clock().tzinfo)
    except (ValueError, OverflowError, OSError):
        return None
