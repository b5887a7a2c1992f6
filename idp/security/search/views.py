"""Searching the log: a form that is posted, and an address of ids and codes that it leads to.

A number of a person is posted alone: it is looked up, dropped, and the address has the person's id instead.
"""

from dataclasses import replace
from typing import Any, Final

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from idp.audit.searching import Page, read_cursor, search, written
from idp.audit.searching.telling import told
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.rows import Row, rows_of
from idp.security.search import criteria, looking_up
from idp.security.search import form as search_form
from idp.security.search.criteria import NOBODY, Criteria
from idp.security.search.looking_up import Failure, NotReadable
from idp.security.search.saved_views import saved_of
from idp.security.viewed import case_here, viewed
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context, to

ROWS: Final = 50
SHOW: Final = "show"
"""In the address: that a search is asked for, be it for everything."""
WRONG: Final = "wrong"
"""In the address: the names of parameters whose values were not good."""
HOUR: Final = 3600
NOTHING: Final = Page((), None, None, complete=True)


@blueprint.get("/search")
def search_page() -> Response:
    staff = desk()
    asked = criteria.read(request.args, request.args.getlist("event"), exact="exact" in request.args)
    reference = request.args.get("reference", "")
    if not (asked.given or asked.events or asked.problems or reference or {SHOW, WRONG} & set(request.args)):
        return _page(staff, asked)
    if asked.problems:
        # What was typed into the address leaves it: it may be a number, and the page links to itself.
        return to("security.search_page", **asked.query(), **{WRONG: list(asked.problems)})
    if problems := criteria.wrong(request.args.getlist(WRONG)):
        return _page(staff, replace(asked, problems=problems), status=422)
    failure = looking_up.failure_of(services().store, reference) if reference else None
    if reference and failure is None:
        words = {"reference": _("No such reference, or it is older than seven days.")}
        return _page(staff, Criteria(asked.given, asked.events, problems=words), status=422)
    return _results(staff, asked, failure, reference)


@blueprint.post("/search")
def ask() -> Response:
    """To the address of what is looked for, which can be kept and given to a colleague."""
    staff = desk()
    found = services()
    form = request.form.to_dict()
    problems: dict[str, str] = {}
    number, organisation = form.pop("number", "").strip(), form.pop("organisation", "").strip()
    with reading() as session:
        if number and not found.throttle.allow(
            f"desk numbers {staff.staff_id}", found.settings.security.number_lookups_per_hour, HOUR
        ):
            problems["number"] = _("You have looked up too many numbers in this hour.")
        elif number:
            try:
                form["person"] = looking_up.person_of(session, found.index, number, found.clock())
            except NotReadable:
                problems["number"] = _("Not a number of an identity document.")
        if organisation:
            try:
                form["organisation"] = _organisation(session, organisation)
            except NotReadable:
                problems["organisation"] = _("Not an organisation that is known here.")
    if number and "number" not in problems:
        # The address that follows says whose it is, whether or not anybody goes there.
        viewed("number", person_id=None if form["person"] == NOBODY else form["person"])
    asked = criteria.read(form, request.form.getlist("event"), exact="exact" in form)
    reference = form.get("reference", "").strip()
    if reference and looking_up.failure_of(found.store, reference) is None:
        problems["reference"] = _("No such reference, or it is older than seven days.")
    if problems or asked.problems:
        wrong = Criteria(asked.given, asked.events, problems={**asked.problems, **problems})
        return _page(staff, wrong, status=422)
    query = {**asked.query(), **({"reference": reference} if reference else {})}
    return to("security.search_page", **{SHOW: 1, **query})


def _organisation(session: Session, typed: str) -> str:
    """Its id, from the id or the code. Raises NotReadable."""
    if not criteria.read({"organisation": typed}, []).problems:
        return typed
    found = looking_up.organisation_of(session, typed)
    if found is None:
        raise NotReadable
    return found


def _results(staff: StaffSignIn, asked: Criteria, failure: Failure | None, reference: str) -> Response:
    try:
        after = read_cursor(request.args["after"]) if "after" in request.args else None
    except ValueError:
        return _page(staff, asked, status=422, error=_("This page of results is not there."))
    sought = asked.sought() if failure is None else failure.narrowed(asked.sought())
    page = NOTHING if asked.is_of_nobody else search(services().engine, sought, after, ROWS)
    names = [*asked.names(), *(["reference"] if reference else []), *(["after"] if after else [])]
    if asked.is_of_nobody:
        sought = replace(sought, person_id=None)
    # Before anything is shown.
    services().audit.append(told(sought, names, page, case_here()), context())
    query = {**asked.query(), **({"reference": reference} if reference else {}), SHOW: 1}
    return _page(
        staff,
        asked,
        rows=rows_of(page.events),
        searched_to=None if page.complete else page.searched_to,
        older_url=None
        if page.next is None
        else url_for("security.search_page", **{**query, "after": written(page.next)}),
        newest_url=url_for("security.search_page", **query) if after else None,
        failure=failure,
        reference=reference,
    )


def _page(
    staff: StaffSignIn,
    asked: Criteria,
    *,
    status: int = 200,
    rows: list[Row] | None = None,
    failure: Failure | None = None,
    **shown: Any,
) -> Response:
    if rows is None:
        viewed("search")
    with reading() as session:
        saved = saved_of(session, staff)
    query = asked.query()
    if failure is not None:
        query = {**failure.given(), **query}
    return security_page(
        "security/search/search.html",
        staff,
        status=status,
        groups=search_form.groups(asked.events),
        chosen=search_form.chosen(asked),
        results=search_form.results(),
        values=asked.given,
        errors=asked.problems,
        exact=asked.exact_level,
        rows=rows,
        failure=None if failure is None else failure.cause,
        saved=saved,
        may_act=staff.has(*ACTORS),
        ask_url=url_for("security.ask"),
        searches_url=url_for("security.searches_page"),
        save_url=url_for("security.save_search", **query),
        export_url=url_for("security.export", **query),
        live_url=None if asked.is_of_nobody else url_for("security.live_page", **query),
        **shown,
    )
