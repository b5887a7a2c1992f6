"""Saved searches: an officer keeps what they look for, for themself or for the desk."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import Response, abort, request, url_for
from sqlalchemy.orm import Session

from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.search import criteria
from idp.security.viewed import viewed
from idp.staff import saved_searches
from idp.staff.saved_searches import Search, TitleWrong, TooMany
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context, to


@dataclass(frozen=True, slots=True)
class Saved:
    title: str
    url: str
    is_shared: bool
    remove_url: str | None


def saved_of(session: Session, staff: StaffSignIn) -> list[Saved]:
    may_act = staff.has(*ACTORS)
    found = saved_searches.seen_by(session, services().cipher, staff.staff_id)
    return [
        Saved(
            one.title,
            _address(one),
            one.is_shared,
            url_for("security.remove_search", search_id=one.id) if may_act else None,
        )
        for one in found
    ]


@blueprint.get("/searches")
def searches_page() -> Response:
    staff = desk()
    viewed("searches")
    return _page(staff)


@blueprint.post("/searches")
def save_search() -> Response:
    """What is looked for stands in the address, the title in the form."""
    staff = desk(*ACTORS)
    asked = criteria.read(request.args, request.args.getlist("event"), exact="exact" in request.args)
    if asked.problems:
        abort(400)
    try:
        with transaction() as session:
            saved_searches.save(
                session,
                services().cipher,
                request.form.get("title", ""),
                urlencode(asked.query(), doseq=True),
                asked.names(),
                staff_id=staff.staff_id,
                is_shared="shared" in request.form,
                at_most=services().settings.security.saved_searches,
                context=context(),
            )
    except TitleWrong:
        return _page(
            staff,
            status=422,
            error=_("A title has 1 to 80 characters, on one line, and no number of a person."),
        )
    except TooMany:
        return _page(
            staff, status=422, error=_("You have saved as many searches as one may. Remove one first.")
        )
    return to("security.searches_page")


@blueprint.post("/searches/<search_id>/remove")
def remove_search(search_id: str) -> Response:
    staff = desk(*ACTORS)
    with transaction() as session:
        found = saved_searches.remove(session, search_id, staff_id=staff.staff_id, context=context())
    return to("security.searches_page") if found else _page(staff, status=404, error=_("It is not there."))


@blueprint.get("/searches/<search_id>/remove")
def removed_search(**_search: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return to("security.searches_page")


def _address(one: Search) -> str:
    asked: dict[str, Any] = dict(parse_qs(one.query))
    return url_for("security.search_page", show=1, **asked)


def _page(staff: StaffSignIn, *, status: int = 200, error: str | None = None) -> Response:
    with reading() as session:
        saved = saved_of(session, staff)
    search_url = url_for("security.search_page")
    return security_page(
        "security/search/searches.html", staff, status=status, saved=saved, search_url=search_url, error=error
    )
