"""The rules of detection: what they look for, how they have done, and a trial of one on the log."""

from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any, Final

from flask import Response, abort, request, url_for

from idp.audit.events.detection import RuleTried
from idp.audit.spans import Span
from idp.detection import reading as stored
from idp.detection.rules import Rule
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.security import rule_words
from idp.security.present import desk, security_page
from idp.security.room import blueprint
from idp.security.rules import parameters
from idp.security.rules import shown as rule_shown
from idp.security.rules.trials import Trial, trial
from idp.security.viewed import viewed
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context

AT_ONCE: Final = BoundedSemaphore(2)
"""Trials in one process: each keeps a thread at work for seconds."""


@blueprint.get("/rules", endpoint="rules")
def rule_list() -> Response:
    staff = desk()
    with reading() as session:
        done = stored.by_rule(session, rule_shown.since(services().clock()))
    viewed("rules")
    found = rule_shown.gravest_first(rule_words.described().rules)
    shown = [rule_shown.row(rule, done.get(rule.name, stored.Done())) for rule in found]
    return security_page("security/rules/rules.html", staff, rules=shown, days=rule_shown.DAYS)


@blueprint.get("/rules/<name>", endpoint="rule")
def rule_page(name: str) -> Response:
    staff, rule = desk(), _rule(name)
    viewed("rule", subject=rule.name)
    return _page(staff, rule, {"days": "7", "threshold": rule.threshold})


@blueprint.post("/rules/<name>", endpoint="try_rule")
def try_rule(name: str) -> Response:
    """It changes nothing, so whoever reads may try."""
    staff, rule = desk(), _rule(name)
    days, threshold = request.form.get("days", ""), request.form.get("threshold", "")
    values = {"days": days, "threshold": threshold}
    if days not in rule_shown.SPANS:
        abort(400)
    if not threshold.isdecimal() or len(threshold) > 4 or not 1 <= int(threshold) <= rule_shown.HIGHEST:
        return _page(staff, rule, values, error=_("A threshold is a number from 1 to 1,000."), status=422)
    now = services().clock()
    span = Span(now - timedelta(days=int(days)), now)
    asked = rule
    if int(threshold) != rule.threshold:
        # The longer time has a threshold of its own, which would answer for this one.
        asked = rule.model_copy(update={"threshold": int(threshold), "slower": None})
    if not AT_ONCE.acquire(blocking=False):
        abort(503)
    try:
        found = trial(services().engine, asked, span, rule_words.described().surroundings)
    finally:
        AT_ONCE.release()
    event = RuleTried(
        rule.name,
        int(now.timestamp()) - int(days) * parameters.DAY,
        int(now.timestamp()),
        found.events,
        found.found,
        threshold=None if asked is rule else asked.threshold,
    )
    services().audit.append(event, context())
    return _page(staff, rule, values, found)


def _rule(name: str) -> Rule:
    return rule_words.rules().get(name) or abort(404)


def _page(
    staff: StaffSignIn,
    rule: Rule,
    values: dict[str, Any],
    tried: Trial | None = None,
    *,
    error: str | None = None,
    status: int = 200,
) -> Response:
    with reading() as session:
        done = stored.by_rule(session, rule_shown.since(services().clock())).get(rule.name, stored.Done())
        findings = None if tried is None else rule_shown.tried(session, tried, values)
    return security_page(
        "security/rules/rule.html",
        staff,
        status=status,
        error=error,
        values=values,
        tried=findings,
        spans=rule_shown.spans(),
        try_url=url_for("security.try_rule", name=rule.name),
        **rule_shown.whole(rule, done),
    )
