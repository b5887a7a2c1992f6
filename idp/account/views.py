"""Every page of the room, by loading the modules that define them."""

from idp.account import (  # noqa: F401 - loaded for their routes
    activity_views,
    email_views,
    face_views,
    home_views,
    passkey_views,
    password_views,
    requests_views,
)
from idp.account.mandates import given_views, mandate_views, received_views, ward_views  # noqa: F401
from idp.account.organisations import (  # noqa: F401
    invite_views,
    list_views,
    member_views,
    organisation_views,
)
from idp.account.room import blueprint

__all__ = ["blueprint"]
