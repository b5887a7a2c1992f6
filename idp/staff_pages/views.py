"""Every page of the room, by loading the modules that define them."""

from idp.staff_pages import (  # noqa: F401 - loaded for their routes
    accounts_views,
    activation_views,
    changes_views,
    home_views,
    login_views,
)
from idp.staff_pages.room import blueprint

__all__ = ["blueprint"]
