"""Every page of the room, by loading the modules that define them."""

from idp.account import face_views, home_views, passkey_views, password_views  # noqa: F401 - loaded for their routes
from idp.account.room import blueprint

__all__ = ["blueprint"]
