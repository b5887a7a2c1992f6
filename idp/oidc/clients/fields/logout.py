"""What a registration says of sign-outs: who is told of them, and where."""

from typing import Self

from pydantic import model_validator

from idp.oidc.clients.fields.registration import RegistrationFields
from idp.oidc.clients.fields.token import TokenFields
from idp.oidc.clients.uris import UriRefused, check_logout_uri, csp_source


class LogoutFields(TokenFields, RegistrationFields):
    """On top of the others: what may be told depends on how the client proves itself, and where it lives."""

    backchannel_logout_uri: str | None = None
    """OpenID Connect Back-Channel Logout 1.0 section 2.2. `sid` is always there, required or not."""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str | None = None
    """OpenID Connect Front-Channel Logout 1.0 section 2. `iss` and `sid` go along when they are required."""
    frontchannel_logout_session_required: bool = False

    @model_validator(mode="after")
    def logout_uris_are_safe(self) -> Self:
        for name in ("backchannel", "frontchannel"):
            uri: str | None = getattr(self, f"{name}_logout_uri")
            if uri is not None:
                is_public = self.token_endpoint_auth_method == "none"  # noqa: S105
                try:
                    check_logout_uri(uri, is_public=is_public)
                except UriRefused as refused:
                    raise ValueError(str(refused)) from None
            elif getattr(self, f"{name}_logout_session_required"):
                raise ValueError(f"{name}_logout_session_required: needs {name}_logout_uri")
        front = self.frontchannel_logout_uri
        # Front-Channel Logout 1.0 section 2: scheme, host and port of a redirect_uri.
        if front is not None and csp_source(front) not in map(csp_source, self.redirect_uris):
            raise ValueError("frontchannel_logout_uri: not of the origin of a redirect_uri")
        return self

    @property
    def is_told_of_logouts(self) -> bool:
        return self.backchannel_logout_uri is not None or self.frontchannel_logout_uri is not None
