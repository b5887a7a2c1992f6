"""What a registration says of requests by the back channel (OpenID Connect CIBA Core 1.0 section 4)."""

from typing import Literal, Self

from pydantic import field_validator, model_validator

from idp.oidc.clients.fields.choices import one_of
from idp.oidc.clients.fields.key import ASSERTION_ALGORITHMS, KeyFields
from idp.oidc.clients.uris import UriRefused, check_web_uri

CIBA = "urn:openid:params:grant-type:ciba"
DELIVERY_MODES = ("poll", "ping", "push")


class BackchannelFields(KeyFields):
    backchannel_token_delivery_mode: Literal["poll", "ping", "push"] | None = None
    """How the client learns of the answer. Goes with the grant type, and the grant type with it."""
    backchannel_client_notification_endpoint: str | None = None
    """Where it is told (ping), or gets its tokens (push)."""
    backchannel_authentication_request_signing_alg: str | None = None
    """None: it does not sign them. Otherwise it signs all of them: one that is not signed is not its own."""
    backchannel_user_code_parameter: Literal[False] = False
    """Nobody has a code that only they and we know: what a text message asks is answered after a sign-in."""

    @field_validator("backchannel_authentication_request_signing_alg")
    @classmethod
    def backchannel_algorithm_is_offered(cls, value: str | None) -> str | None:
        return None if value is None else one_of(value, ASSERTION_ALGORITHMS)

    @model_validator(mode="after")
    def backchannel_requests_keep_to_the_profile(self) -> Self:
        self.check_algorithms(self.backchannel_authentication_request_signing_alg)
        mode = self.backchannel_token_delivery_mode
        if mode is None:
            if self.backchannel_client_notification_endpoint or self.signs_backchannel_requests:
                raise ValueError("backchannel_token_delivery_mode: is missing")
            return self
        if self.is_public:
            # CIBA Core 1.0 section 7.1 has clients authenticate; FAPI-CIBA section 5.2.2 says it outright.
            raise ValueError("backchannel_token_delivery_mode: is for confidential clients")
        if self.rules.backchannel_is_strict and not self.signs_backchannel_requests:
            # FAPI-CIBA section 5.2.2
            raise ValueError(
                f"backchannel_authentication_request_signing_alg: the profile {self.profile} needs it"
            )
        if mode == "push":
            self._check_push()
        return self

    @model_validator(mode="after")
    def who_is_told_has_an_address(self) -> Self:
        uri = self.backchannel_client_notification_endpoint
        if (uri is not None) != (self.backchannel_token_delivery_mode in {"ping", "push"}):
            raise ValueError("backchannel_client_notification_endpoint: goes with the modes ping and push")
        if uri is not None:
            try:
                check_web_uri(uri)
            except UriRefused as refused:
                raise ValueError(str(refused)) from None
            if not uri.startswith("https:"):
                # Section 4: MUST be an HTTPS URL. A bearer token goes there.
                raise ValueError("backchannel_client_notification_endpoint: needs https")
        return self

    def _check_push(self) -> None:
        if self.rules.backchannel_is_strict:
            # FAPI-CIBA section 5.2.2: shall not support push.
            raise ValueError(f"backchannel_token_delivery_mode: the profile {self.profile} has no push")
        if self.dpop_bound_access_tokens or self.tls_client_certificate_bound_access_tokens:
            # What is pushed was not asked for in a request that could show a key.
            raise ValueError("backchannel_token_delivery_mode: pushed tokens cannot be bound to a key")

    @property
    def signs_backchannel_requests(self) -> bool:
        return self.backchannel_authentication_request_signing_alg is not None

    @property
    def needs_keys(self) -> bool:
        return super().needs_keys or self.signs_backchannel_requests
