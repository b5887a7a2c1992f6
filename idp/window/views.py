"""Every page of the room, by loading the modules that define them."""

from idp.window import (  # noqa: F401 - loaded for their routes
    activation_views,
    clerk_views,
    device_views,
    face_views,
    history_views,
)
from idp.window.room import blueprint

__all__ = ["blueprint"]
