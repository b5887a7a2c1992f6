"""What a registration says of the client's authorization requests: how they come, signed by what.

OpenID Connect Registration 1.0 section 2, RFC 9126 section 6, RFC 9101 section 10.5. `require_pkce` is
a field of ours.
"""

from typing import Self

from pydantic import field_validator, model_validator

from idp.oidc.clients.choices import one_of
from idp.oidc.clients.details_fields import DetailsFields
from idp.oidc.clients.key_fields import ASSERTION_ALGORITHMS, KeyFields


class RequestFields(KeyFields, DetailsFields):
    require_pushed_authorization_requests: bool = False
    require_signed_request_object: bool = False
    request_object_signing_alg: str | None = None
    """None: any that the profile allows."""
    require_pkce: bool = True

    @field_validator("request_object_signing_alg")
    @classmethod
    def request_algorithm_is_offered(cls, value: str | None) -> str | None:
        return None if value is None else one_of(value, ASSERTION_ALGORITHMS)

    @model_validator(mode="after")
    def requests_keep_to_the_profile(self) -> Self:
        self.check_algorithms(self.request_object_signing_alg)
        if self.rules.pkce_always and not self.require_pkce:
            raise ValueError(f"require_pkce: the profile {self.profile} cannot do without it")
        return self

    @model_validator(mode="after")
    def pkce_binds_public_clients(self) -> Self:
        # RFC 9700 section 2.1.1: public clients MUST use PKCE.
        if self.is_public and not self.require_pkce:
            raise ValueError("require_pkce: a public client cannot do without it")
        return self

    @property
    def needs_keys(self) -> bool:
        return super().needs_keys or self.require_signed_request_object

    @property
    def request_object_algorithms(self) -> frozenset[str]:
        """That this client may sign its request objects with."""
        one = self.request_object_signing_alg
        return self.rules.algorithms if one is None else frozenset((one,))

    @property
    def pushes_always(self) -> bool:
        return self.require_pushed_authorization_requests or self.rules.pushes_always
