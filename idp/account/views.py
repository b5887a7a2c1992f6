"""Every page of the room, by loading the modules that define them."""

from idp.account import (  # noqa: F401 - loaded for their routes
    email_views,
    face_views,
    home_views,
    mandates_given,
    mandates_received,
    mandates_views,
    mandates_wards,
    organisation_mandates,
    organisation_people,
    organisations_views,
    passkey_views,
    password_views,
    requests_views,
)
from idp.account.room import blueprint

__all__ = ["blueprint"]
