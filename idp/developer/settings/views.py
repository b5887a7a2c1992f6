"""The settings of an app: the page, saving, and what is wrong so far for a script."""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, make_response, redirect, request

from idp.apps.editing import Editable, EditedMeanwhile, WaitsForApproval
from idp.apps.going_live.asking import NotReady
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.developer import controls, words
from idp.developer.explained import by_field
from idp.developer.present import (
    AppHere,
    app_here,
    developer_page,
    is_recently_proved,
    recently_proved,
)
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
from idp.developer.settings import shown
from idp.developer.settings.groups import CONTROLS
from idp.locales import gettext as _
from idp.oidc.clients.explaining.whole import Explained
from idp.oidc.clients.fields.token import SUBJECTS
from idp.oidc.clients.metadata import MetadataRefused
from idp.oidc.clients.resources import ResourceTaken

METHOD = "token_endpoint_auth_method"
CERTIFICATE = tuple(f"tls_client_auth_{name}" for name in SUBJECTS)


@blueprint.get("/apps/<app_id>/settings", endpoint="app_settings")
def settings_page(app_id: str) -> Response:
    here = app_here(app_id)
    if "prove" in request.args:
        recently_proved(here)
        return make_response(redirect(f"{here.path}/settings", 303))
    now = standing_here(here)
    notice = _("It is saved, and holds from now on.") if request.args.get("said") == "saved" else None
    return page(here, now, now.fields, notice=notice)


@blueprint.post("/apps/<app_id>/settings", endpoint="save_app_settings")
def save(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    now = standing_here(here)
    fields = controls.typed(CONTROLS, request.form, now.fields)
    explained = explained_here(here, fields)
    if explained.metadata is None:
        error = _("Nothing was saved: something is not right yet. What you typed is still there.")
        return page(here, now, fields, explained=explained, error=error, status=422)
    if not is_recently_proved(here) and (why := _needs_proof(now.fields, fields)) is not None:
        return page(here, now, fields, status=422, prove_url=f"{here.path}/settings?prove=1", error=why)
    if asks(here) and (why := why_not_asked(here)) is not None:
        way = f"{here.path}/settings?prove=1" if here.may(Role.OWNER) else None
        return page(here, now, fields, status=422, prove_url=way, error=why)
    try:
        if asks(here):
            asked_here(here, fields, expected_version())
            return make_response(redirect(f"{here.path}/going-live", 303))
        saved = saved_here(here, fields, expected_version())
    except DeveloperDeedRefused as why:
        return page(here, now, fields, error=words.refusal(why.reason), status=422)
    except WaitsForApproval as waits:
        waiting = waiting_words(waits)
        return page(here, now, fields, waiting=waiting, may_ask=here.may(Role.OWNER), status=422)
    except NotReady:
        return page(here, now, fields, not_ready=True, status=422)
    except (ResourceTaken, MetadataRefused) as refused:
        return page(here, now, fields, error=str(refused), status=422)
    except EditedMeanwhile:
        current = standing_here(here)
        return page(here, current, fields, conflict=compared(current.fields, fields), status=409)
    if saved.new_secret is not None:
        return page(here, standing_here(here), standing_here(here).fields, new_secret=saved.new_secret)
    return make_response(redirect(f"{here.path}/settings?said=saved", 303))


@blueprint.post("/apps/<app_id>/settings/check", endpoint="check_app_settings")
def check(app_id: str) -> Response:
    """What is wrong so far, in the words that the page would have."""
    here = app_here(app_id, Role.DEVELOPER)
    fields = controls.typed(CONTROLS, request.form, standing_here(here).fields)
    return jsonify({"problems": by_field(explained_here(here, fields).problems)})


def page(
    here: AppHere,
    now: Editable,
    fields: Mapping[str, Any],
    *,
    explained: Explained | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    may_change = here.may(Role.DEVELOPER)
    return developer_page(
        "developer/settings/settings.html",
        here,
        status=status,
        action=f"{here.path}/settings" if may_change else None,
        check_url=f"{here.path}/settings/check",
        number=now.number,
        groups=shown.groups(fields, explained),
        fixed=shown.fixed(now.fields),
        problems=shown.elsewhere(explained),
        logout_url=_logout_url(here, now),
        front_channel_url=now.fields.get("frontchannel_logout_uri"),
        logo_url=f"{here.path}/settings/logo" if may_change and _has_logo(now) else None,
        **more,
    )


def _logout_url(here: AppHere, now: Editable) -> str | None:
    """Of what is saved: a token goes nowhere else."""
    is_told = here.client_id is not None and now.fields.get("backchannel_logout_uri")
    return f"{here.path}/settings/logout" if is_told and here.may(Role.DEVELOPER) else None


def _has_logo(now: Editable) -> bool:
    return any(name.partition("#")[0] == "logo_uri" for name in now.fields)


def _needs_proof(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """Why whoever found the console open does not save this; None where they may as well."""
    if _makes_a_secret(before, after):
        return _("This makes a new secret: prove anew who you are first, then save again.")
    if _method(before) != _method(after) or any(before.get(name) != after.get(name) for name in CERTIFICATE):
        # A certificate's name is as good as a key.
        return _("This changes how the app proves itself: prove anew who you are first, then save again.")
    return None


def _makes_a_secret(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    was, shall = _method(before), _method(after)
    begins = shall.startswith("client_secret_") and not was.startswith("client_secret_")
    return begins or (shall == "client_secret_jwt" != was)


def _method(fields: Mapping[str, Any]) -> str:
    return str(fields.get(METHOD, "client_secret_basic"))
