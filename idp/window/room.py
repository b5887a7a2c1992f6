"""The blueprint of the room, and what it needs besides the provider's services."""

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from idp.extensions import Services
from idp.window import codes
from idp.window.helping import Helps

KEY = "yitong.window"
blueprint = Blueprint("window", __name__)


def open_helps(found: Services) -> Helps:
    settings = found.settings.staff
    return Helps(
        found.store,
        found.cipher,
        found.master_keys.derived(codes.KEY_USE),
        code_seconds=settings.window_code_seconds,
        help_seconds=settings.window_help_seconds,
    )


@blueprint.record_once
def _open(state: BlueprintSetupState) -> None:
    app = state.app
    app.extensions[KEY] = open_helps(app.extensions["yitong"])


def helps() -> Helps:
    """Those of the current app."""
    found: Helps = current_app.extensions[KEY]
    return found
