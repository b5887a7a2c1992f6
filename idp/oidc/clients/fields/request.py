"""What a registration says of the client's authorization requests: how they come, and how they are answered.

OpenID Connect Registration 1.0 section 2, RFC 9126 section 6, FAPI 2.0 Message Signing section 5.3.3.
`require_pkce` is a field of ours.
"""

from typing import Self

from pydantic import field_validator, model_validator

from idp.oidc.clients.fields.choices import one_of
from idp.oidc.clients.fields.details import DetailsFields
from idp.oidc.clients.fields.request_object import RequestObjectFields

RESPONSE_MODES = ("query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt")
"""OAuth 2.0 Multiple Response Type Encoding Practices section 2.1, OAuth 2.0 Form Post Response Mode, and
JWT Secured Authorization Response Mode (JARM) section 2.3."""
DEFAULT_MODE, SIGNED_MODE = "query", "jwt"


class RequestFields(RequestObjectFields, DetailsFields):
    require_pushed_authorization_requests: bool = False
    require_pkce: bool = True
    response_modes: tuple[str, ...] = ()
    """That it may ask for; none: all that the profile allows."""

    @field_validator("response_modes")
    @classmethod
    def response_modes_are_offered(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for mode in value:
            one_of(mode, RESPONSE_MODES)
        return value

    @model_validator(mode="after")
    def requests_keep_to_the_profile(self) -> Self:
        if self.rules.pkce_always and not self.require_pkce:
            raise ValueError(f"require_pkce: the profile {self.profile} cannot do without it")
        if not self.allowed_response_modes:
            raise ValueError(f"response_modes: none of them is in the profile {self.profile}")
        return self

    @model_validator(mode="after")
    def pkce_binds_public_clients(self) -> Self:
        # RFC 9700 section 2.1.1: public clients MUST use PKCE.
        if self.is_public and not self.require_pkce:
            raise ValueError("require_pkce: a public client cannot do without it")
        return self

    @property
    def pushes_always(self) -> bool:
        return self.require_pushed_authorization_requests or self.rules.pushes_always

    @property
    def allowed_response_modes(self) -> tuple[str, ...]:
        return tuple(
            mode
            for mode in self.response_modes or RESPONSE_MODES
            if is_signed(mode) or not self.rules.answers_are_signed
        )

    @property
    def response_mode_of_errors(self) -> str:
        """Of a request that asks for none, or for one that it may not ask for."""
        return SIGNED_MODE if all(map(is_signed, self.allowed_response_modes)) else DEFAULT_MODE


def is_signed(response_mode: str) -> bool:
    return response_mode.endswith(SIGNED_MODE)
