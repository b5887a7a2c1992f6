"""Every page of the room, by loading the modules that define them."""

from idp.security import integrity_views, overview_views  # noqa: F401 - loaded for their routes
from idp.security.room import blueprint

__all__ = ["blueprint"]
