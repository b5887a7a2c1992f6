"""Whether the log is whole: how far its proof has come, what verifications found; and "verify now"."""

from datetime import datetime, timedelta

from flask import Response, jsonify, request, url_for

from idp.audit.readers import readers
from idp.audit.streaming.delivering import reader_of
from idp.audit.streaming.standing import standing
from idp.audit.tree.status import AnchorState, integrity, late_after
from idp.audit.verifications.asking import ask, last_finished, last_runs, unfinished
from idp.audit.verifications.models import AuditVerification
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.security.figures import duration, number
from idp.security.integrity import words as integrity_words
from idp.security.officers import staff_numbers
from idp.security.present import READERS, WATCHERS, desk, looking_on, security_page
from idp.security.room import blueprint
from idp.security.viewed import viewed
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import to

RUNS_SHOWN = 20
SINKS = reader_of("")
"""How the names of their places in the log begin."""


@blueprint.get("/integrity", endpoint="integrity")
def integrity_page() -> Response:
    staff = desk(*WATCHERS)
    viewed("integrity")
    notices = {
        "asked": _("A worker verifies the log now. This page says what it finds."),
        "running": _("A verification is on its way already."),
    }
    return _page(staff, notice=notices.get(request.args.get("done", "")))


@blueprint.post("/integrity/verify", endpoint="verify_now")
def verify_now() -> Response:
    """Auditors, too: it changes nothing that is looked at."""
    staff = desk(*READERS)
    with transaction() as session:
        is_asked = ask(session, by=staff.staff_id, now=services().clock())
    return to("security.integrity", done="asked" if is_asked else "running")


@blueprint.get("/integrity/verify")
def verify_page() -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return to("security.integrity")


@blueprint.get("/integrity/run", endpoint="integrity_run")
def integrity_run() -> Response:
    """How far the verification is, for the script of the page."""
    if looking_on(*WATCHERS) is None:
        return Response(status=204)
    with reading() as session:
        run = unfinished(session)
    return jsonify(
        running=run is not None,
        looked=0 if run is None else run.looked,
        size=0 if run is None else run.size,
    )


def _page(staff: StaffSignIn, *, notice: str | None) -> Response:
    found, now = services(), services().clock()
    audit = found.settings.audit
    state = integrity(found.engine, audit.anchors)
    with reading() as session:
        runs = list(last_runs(session, RUNS_SHOWN))
        last = last_finished(session)
        numbers = staff_numbers(session, (run.asked_by for run in runs))
    running = next((run for run in runs if run.unfinished is not None), None)
    return security_page(
        "security/integrity/integrity.html",
        staff,
        summary=integrity_words.summary(state, last, now, audit.head_seconds),
        late=[
            {"words": integrity_words.step_words(step), "length": duration(since)}
            for step, since in state.late(now, audit.head_seconds)
        ],
        late_after=duration(late_after(audit.head_seconds)),
        size=number(state.size),
        head_size=number(state.head_size),
        head_at=state.head_at,
        head_kid=state.head_kid,
        waiting=integrity_words.waiting_words(state, now),
        head_ago=None if state.head_at is None else duration(now - state.head_at),
        anchors=[_anchor(one, now, late_after(audit.head_seconds)) for one in state.anchors],
        keys=state.keys,
        kept={
            "from": number(state.kept_from),
            "dropped": state.kept_from > 0,
            "oldest_at": state.oldest_at,
            "days": audit.kept_days,
            "face_days": audit.face_events_kept_days,
        },
        readers=[
            integrity_words.reader(one, now)
            for one in readers(found.engine)
            if not one.name.startswith(SINKS)  # they say more of themselves
        ],
        sinks=[integrity_words.sink(one) for one in standing(found.engine, tuple(audit.sinks), now)],
        runs=[_run(run, numbers, staff) for run in runs],
        running=None if running is None else {"looked": running.looked, "size": running.size},
        run_url=url_for("security.integrity_run"),
        verify_url=url_for("security.verify_now"),
        may_verify=staff.has(*READERS),
        daily_at=audit.verify_daily_at,
        notice=notice,
    )


def _anchor(anchor: AnchorState, now: datetime, limit: timedelta) -> dict[str, object]:
    waits = None if anchor.waiting_since is None else now - anchor.waiting_since
    if waits is None:
        words = _("has all heads")
    elif waits > limit:
        words = _("late: the oldest head that it does not have waits for %(length)s", length=duration(waits))
    else:
        words = _("on time: a head waits for %(length)s", length=duration(waits))
    return {
        "words": integrity_words.anchor_words(anchor.name),
        "size": number(anchor.size),
        "at": anchor.at,
        "state": words,
        "is_late": waits is not None and waits > limit,
    }


def _run(run: AuditVerification, numbers: dict[str, str], staff: StaffSignIn) -> dict[str, object]:
    took = None if run.finished_at is None or run.started_at is None else run.finished_at - run.started_at
    is_event = run.wrong_event_id is not None and staff.has(*READERS)
    return {
        "asked_at": run.asked_at,
        "asked_by": integrity_words.asked_words(run.asked_by, numbers),
        "result": integrity_words.result_words(run),
        "how": "" if run.result is None else "good" if run.result == "whole" else "bad",
        "rows": None if run.rows is None else number(run.rows),
        "dropped": number(run.dropped) if run.dropped else None,
        "anchored": None if run.anchored is None else number(run.anchored),
        "took": None if took is None else duration(took),
        "event_url": f"/security/events/{run.wrong_event_id}" if is_event else None,
    }
