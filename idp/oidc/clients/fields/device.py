"""What a registration says of the device authorization grant (RFC 8628): that it is wanted, and nothing else.

Such a client needs no redirect_uri, and may be public: a device keeps no secret.
"""

from typing import Self

from pydantic import model_validator

from idp.oidc.clients.fields.key import KeyFields

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
"""RFC 8628 section 3.4."""


class DeviceFields(KeyFields):
    grant_types: tuple[str, ...] = ("authorization_code",)

    @model_validator(mode="after")
    def profile_lends_itself_to_devices(self) -> Self:
        if DEVICE_CODE in self.grant_types and not self.rules.lends_itself_to_devices:
            raise ValueError(f"grant_types: the device grant is not in the profile {self.profile}")
        return self
