"""What streams of events need besides the provider's services; those of one process share it."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import Final

from flask import current_app
from flask.blueprints import BlueprintSetupState

from idp.extensions import Services
from idp.security.live.tail import Rooms
from idp.security.room import blueprint

KEY: Final = "yitong.security"


@dataclass(frozen=True)
class TailServices:
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
