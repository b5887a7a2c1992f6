"""The blueprint of the room, and what it needs besides the provider's services."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import Final

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from idp.extensions import Services
from idp.security.tail import Rooms

KEY: Final = "yitong.security"
blueprint = Blueprint("security", __name__, url_prefix="/security")


@dataclass(frozen=True)
class TailServices:
    """What streams of events need; those of one process share it."""

    rooms: Rooms
    pause: Callable[[float], object]
    """Waits so many seconds."""
    timer: Callable[[], float]
    """Seconds that only grow."""


@blueprint.record_once
def _open(state: BlueprintSetupState) -> None:
    found: Services = state.app.extensions["yitong"]
    settings = found.settings.security
    rooms = Rooms(settings.tails_per_process, settings.tails_per_officer)
    state.app.extensions[KEY] = TailServices(rooms, Event().wait, monotonic)


def tail_services() -> TailServices:
    """Those of the current app."""
    found: TailServices = current_app.extensions[KEY]
    return found
