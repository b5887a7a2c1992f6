"""Every page of the room, by loading the modules that define them."""

from idp.security.room import blueprint

__all__ = ["blueprint"]
