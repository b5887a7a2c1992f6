"""The blueprint of the room; its pages are in the modules beside, loaded by `views`."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from idp.login.services import KEY, open_login_services

blueprint = Blueprint("login", __name__)


def _open_services(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(KEY, open_login_services(state.app.extensions["yitong"]))


blueprint.record_once(_open_services)
