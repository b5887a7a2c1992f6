"""A run and its report: as a page, as JSON, as a badge; and reports that a program brings."""

import json

from flask import Response, abort, request

from idp.apps.kinds import Kind
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.checking import AppCheckReported
from idp.browser import csrf_exempt
from idp.checker import Report, badge, read_report, runs, setups
from idp.checker.models import CheckerRun, RunBy
from idp.developer.checker import shown
from idp.developer.checker.bringing import may_bring
from idp.developer.checker.views import checked_app, path_of
from idp.developer.present import developer_page
from idp.developer.room import blueprint
from idp.errors import request_id
from idp.extensions import reading, services, transaction

BODY_AT_MOST = 256 * 1024
BADGE_SECONDS = 300
BADGE_HEADERS = {
    "Cache-Control": f"public, max-age={BADGE_SECONDS}",
    # A picture for other people's pages, and nothing that runs where it is opened by itself.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@blueprint.get("/apps/<app_id>/checker/runs/<run_id>")
def checker_run(app_id: str, run_id: str) -> Response:
    here = checked_app(app_id)
    found = _run(here.app.id, run_id)
    report = shown.report(found)
    path = path_of(here)
    return developer_page(
        "developer/checker/run.html",
        here,
        path=path,
        run=shown.run(found, path, services().clock()),
        json_url=None if report is None else f"{path}/report.json?run={found.id}",
        groups=[] if report is None else shown.groups(report),
        to_mend=[] if report is None else shown.to_mend(report),
        tally=[] if report is None else list(shown.tallied(report.results)),
        seconds=None if report is None else report.seconds,
        application=None if report is None else report.application,
        issuer=None if report is None else report.issuer,
        reload_url=f"{path}/runs/{found.id}",
        is_by_scripts=here.app.kind == Kind.SINGLE_PAGE,
    )


@blueprint.get("/apps/<app_id>/checker/report.json")
def checker_report(app_id: str) -> Response:
    """The last one of our server's, or the one that `run` names."""
    here = checked_app(app_id)
    run_id = request.args.get("run")
    with reading() as session:
        if run_id is None:
            latest = runs.latest(session, here.app.id, RunBy.SERVER) or runs.latest(session, here.app.id)
            found = None if latest is None else latest[0]
        else:
            found = runs.find(session, here.app.id, run_id)
    report = None if found is None else shown.report(found)
    if found is None or report is None:
        abort(404)
    told = {**report.as_json(), "client_id": here.client_id, "run_by": found.by}
    return _json(told, 200)


@blueprint.post("/apps/<app_id>/checker/reports")
@csrf_exempt
def bring_report(app_id: str) -> Response:
    """From the command line, with the app's token. It is marked as one that the developer has run."""
    found = services()
    if not found.settings.sandbox:
        abort(404)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    now = found.clock()
    with reading() as session:
        setup = setups.of_token(session, token) if scheme.lower() == "bearer" else None
        if setup is None or setup.app_id != app_id:
            return _token_refused("This token brings no reports to this app.")
        if not may_bring(session, setup, now):
            return _token_refused("Whoever made this token has no place in the team any more: make another.")
    report = _report_sent()
    if report is None:
        return _json({"error": "invalid_report"}, 422)
    context = AuditContext(
        now,
        request_id=request_id(),
        address=found.addresses.recorded(request.remote_addr),
        caller=request.remote_addr or None,
    )
    try:
        with transaction() as session:
            run = runs.bring(session, app_id, report, now)
            passed, tried = report.counted
            event = AppCheckReported(app_id, RunBy.DEVELOPER, passed, tried)
            audit.record(session, event, context=context)
            run_id = run.id
    except runs.TooSoon:
        late = _json({"error": "slow_down"}, 429)
        late.headers["Retry-After"] = str(int(runs.BROUGHT_EVERY.total_seconds()))
        return late
    return _json({"run": run_id}, 201)


@blueprint.get("/badges/<badge_id>.svg")
def checker_badge(badge_id: str) -> Response:
    """For everybody, where the team wants it so. It speaks of our own runs alone, and names nobody."""
    with reading() as session:
        app_id = setups.app_of_badge(session, badge_id)
        latest = None if app_id is None else runs.latest(session, app_id, RunBy.SERVER)
    if latest is None:
        abort(404)
    run, report = latest
    passed, tried = report.counted
    drawn = badge(passed, tried, run.made_at.date(), has_passed=report.has_passed)
    return Response(drawn, 200, BADGE_HEADERS, mimetype="image/svg+xml")


def _token_refused(why: str) -> Response:
    """`why`: for a program's log, in English as all errors of the protocol (RFC 6750 section 3)."""
    refused = _json({"error": "invalid_token", "error_description": why}, 401)
    refused.headers["WWW-Authenticate"] = f'Bearer error="invalid_token", error_description="{why}"'
    return refused


def _run(app_id: str, run_id: str) -> CheckerRun:
    with reading() as session:
        found = runs.find(session, app_id, run_id)
    if found is None:
        abort(404)
    return found


def _report_sent() -> Report | None:
    """None where it is none."""
    length = request.content_length
    if request.mimetype != "application/json" or length is None or length > BODY_AT_MOST:
        return None
    try:
        return read_report(json.loads(request.get_data()))
    except (ValueError, RecursionError):
        return None


def _json(told: object, status: int) -> Response:
    return Response(json.dumps(told, ensure_ascii=False), status, mimetype="application/json")
