"""Every page of the room, by loading the modules that define them."""

from idp.login import (  # noqa: F401 - loaded for the routes that they add
    activation_views,
    identify_views,
    passkey_views,
    presence_views,
    recover_views,
    sms_views,
)
from idp.login.enrolment import (  # noqa: F401
    binding_views,
    credential_views,
    face_views,
    identity_views,
)
from idp.login.face import camera_views  # noqa: F401
from idp.login.licence_app import page_views, phone_views  # noqa: F401
from idp.login.licences import carrier_views, signature_views, usb_key_views  # noqa: F401
from idp.login.room import blueprint

__all__ = ["blueprint"]
