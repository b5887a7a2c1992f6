# ruff: noqa: F401 - loaded for their routes
"""Every page of the room, by loading the modules that define them."""

import idp.developer.home.views
import idp.developer.overview.views
from idp.developer.room import blueprint

__all__ = ["blueprint"]
