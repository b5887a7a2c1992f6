"""What an app asks for. GET and POST /developer/apps/<id>/scopes."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, jsonify, make_response, redirect, request

from idp.apps import reasons as rules
from idp.apps.editing import Editable, EditedMeanwhile, WaitsForApproval
from idp.apps.going_live.asking import NotReady
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.developer import controls, words
from idp.developer.controls import Control, Widget
from idp.developer.explained import by_field, field_words, problem_words
from idp.developer.present import AppHere, app_here, developer_page, recently_proved
from idp.developer.registered import (
    asked_here,
    asks,
    compared,
    expected_version,
    explained_here,
    saved_here,
    standing_here,
    waiting_words,
    why_not_asked,
)
from idp.developer.room import blueprint
from idp.developer.scopes.words import LEVELS, PARTIES, SCOPES, claims
from idp.locales import gettext as _
from idp.oidc.clients.explaining.texts import OF_RULE
from idp.oidc.clients.explaining.whole import Explained
from idp.oidc.clients.fields.scope import DEFAULT_SCOPE
from idp.oidc.clients.metadata import MetadataRefused
from idp.oidc.clients.resources import ResourceTaken

CONTROLS: Final = (
    Control("purpose", Widget.LOCALIZED),
    Control("purpose_code", Widget.TEXT),
    Control("minimum_level", Widget.NUMBER, LEVELS),
    Control("presence_seconds", Widget.NUMBER),
    Control("accepted_parties", Widget.TICKS, PARTIES),
    Control("default_max_age", Widget.NUMBER),
    Control("default_acr_values", Widget.LINES),
    Control("authorization_details_types", Widget.LINES),
)
LONGEST_REASON = 4000
OWN_AT_MOST = 4000


@blueprint.get("/apps/<app_id>/scopes", endpoint="app_scopes")
def scopes_page(app_id: str) -> Response:
    here = app_here(app_id)
    if "prove" in request.args:
        recently_proved(here)
        return make_response(redirect(f"{here.path}/scopes", 303))
    now = standing_here(here)
    notice = _("It is saved, and holds from now on.") if request.args.get("said") == "saved" else None
    return _page(here, now, now.fields, now.reasons, notice=notice)


@blueprint.post("/apps/<app_id>/scopes/check", endpoint="check_app_scopes")
def check(app_id: str) -> Response:
    """What is wrong so far, in the words that the page would have."""
    here = app_here(app_id, Role.DEVELOPER)
    fields, reasons = _typed(standing_here(here))
    found = by_field(explained_here(here, fields).problems)
    for scope in str(fields["scope"]).split():
        for name in rules.names_of(scope):
            found[f"reason:{name}"] = _problems(scope, name, reasons)
    return jsonify({"problems": found})


@blueprint.post("/apps/<app_id>/scopes", endpoint="save_app_scopes")
def save(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    now = standing_here(here)
    fields, reasons = _typed(now)
    explained = explained_here(here, fields)
    if explained.metadata is None or any(map(rules.wrong, reasons.values())):
        error = _("Nothing was saved: something is not right yet. What you typed is still there.")
        return _page(here, now, fields, reasons, explained=explained, error=error, status=422)
    kept = rules.of_asked(str(fields["scope"]), reasons)
    if asks(here) and (why := why_not_asked(here)) is not None:
        way = f"{here.path}/scopes?prove=1" if here.may(Role.OWNER) else None
        return _page(here, now, fields, reasons, status=422, prove_url=way, error=why)
    try:
        if asks(here):
            asked_here(here, fields, expected_version(), kept)
            return make_response(redirect(f"{here.path}/going-live", 303))
        saved_here(here, fields, expected_version(), kept)
    except DeveloperDeedRefused as why:
        return _page(here, now, fields, reasons, error=words.refusal(why.reason), status=422)
    except WaitsForApproval as waits:
        waiting = waiting_words(waits)
        may_ask = here.may(Role.OWNER)
        return _page(here, now, fields, reasons, waiting=waiting, may_ask=may_ask, status=422)
    except NotReady:
        return _page(here, now, fields, reasons, not_ready=True, status=422)
    except (MetadataRefused, ResourceTaken) as refused:
        return _page(here, now, fields, reasons, error=str(refused), status=422)
    except EditedMeanwhile:
        current = standing_here(here)
        changed = compared(current.fields, fields)
        return _page(here, current, fields, reasons, conflict=changed, status=409)
    return make_response(redirect(f"{here.path}/scopes?said=saved", 303))


def _typed(now: Editable) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields as they are after the form, and every reason that stands in it."""
    form = request.form
    fields = controls.typed(CONTROLS, form, now.fields)
    asked = [scope for scope in SCOPES if scope in form.getlist("scope")]
    optional = [scope for scope in asked if scope in form.getlist("optional_scope")]
    own = form.get("own_scopes", "")[:OWN_AT_MOST].split()
    fields["scope"] = " ".join((*asked, *own))
    fields["optional_scope"] = " ".join(optional)
    names = dict.fromkeys(name for scope in (*SCOPES, *own) for name in rules.names_of(scope))
    given = {name: form.get(f"reason:{name}", "")[:LONGEST_REASON].strip() for name in names}
    return fields, {name: reason for name, reason in given.items() if reason}


def _page(
    here: AppHere,
    now: Editable,
    fields: Mapping[str, Any],
    reasons: Mapping[str, str],
    *,
    explained: Explained | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    return developer_page(
        "developer/scopes/scopes.html",
        here,
        status=status,
        **shown(fields, reasons, explained),
        action=f"{here.path}/scopes" if here.may(Role.DEVELOPER) else None,
        check_url=f"{here.path}/scopes/check",
        number=now.number,
        **more,
    )


def shown(
    fields: Mapping[str, Any], reasons: Mapping[str, str], explained: Explained | None
) -> dict[str, Any]:
    """What the template has of a registration and its reasons."""
    asked = str(fields.get("scope", DEFAULT_SCOPE)).split()
    optional = str(fields.get("optional_scope", "")).split()
    problems = () if explained is None else explained.problems
    inside = {one.name: controls.shown(one, fields, explained) for one in CONTROLS}
    here = {*inside, "scope", "optional_scope"}
    # A number that somebody chooses from.
    inside["minimum_level"] |= {"widget": "select", "value": inside["minimum_level"]["value"] or "1"}
    own = [scope for scope in asked if scope not in SCOPES]
    return {
        "scope": field_words("scope"),
        "scope_problems": [
            problem_words(one) for one in problems if one.field in {"scope", "optional_scope"}
        ],
        "scopes": [_row(scope, asked, optional, reasons) for scope in SCOPES],
        "own_scopes": [
            _reason(scope, scope, reasons, f"own-reason-{number}") for number, scope in enumerate(own, 1)
        ],
        "own_text": "\n".join(own),
        "fields": inside,
        "problems": [problem_words(one) for one in problems if one.field.partition("#")[0] not in here],
    }


def _row(scope: str, asked: list[str], optional: list[str], reasons: Mapping[str, str]) -> dict[str, Any]:
    title, what = SCOPES[scope]
    apart = rules.claims_of(scope)
    return {
        "title": _(title),
        "what": _(what),
        "claims": claims(scope),
        "is_asked": scope in asked,
        "is_optional": scope in optional,
        "is_fixed": scope == "openid" and "openid" in asked,
        "needs_reason": scope not in rules.NEEDS_NONE,
        **_reason(scope, scope, reasons, f"reason-{scope}", is_asked=scope in asked),
        "apart": [
            _reason(scope, rules.named(scope, claim), reasons, f"reason-{scope}-{claim}") | {"claim": claim}
            for claim in apart
        ],
        "is_apart": bool(rules.of_claims(scope, reasons)),
    }


def _reason(
    scope: str, name: str, reasons: Mapping[str, str], control_id: str, *, is_asked: bool = True
) -> dict[str, Any]:
    """The control of a reason; one of what is not asked for lacks nothing."""
    problems = _problems(scope, name, reasons) if is_asked or reasons.get(name) else []
    return {
        "name": name,
        "id": control_id,
        "reason": reasons.get(name, ""),
        "problems": problems,
        "is_wrong": any(one["is_grave"] for one in problems),
    }


def _problems(scope: str, name: str, reasons: Mapping[str, str]) -> list[dict[str, Any]]:
    """As `problem_words` has those of fields."""
    found: dict[str, Any] = {"field": f"reason:{name}", "typed": None, "better": None, "mend": ""}
    rule = rules.wrong(reasons.get(name, ""))
    if rule is not None:
        values = {"most": str(rules.CHARACTERS_AT_MOST), "codes": ""}
        texts = OF_RULE[rule]
        return [
            found | {"wrong": _(texts.wrong, **values), "mend": _(texts.mend, **values), "is_grave": True}
        ]
    lacks = name == scope and scope not in rules.NEEDS_NONE and not rules.is_given(scope, reasons)
    return [found | {"wrong": _("No reason yet."), "is_grave": False}] if lacks else []
