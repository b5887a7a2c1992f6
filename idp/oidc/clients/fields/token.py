"""What a registration says of access tokens: for which resources, in which form, bound to what.

`resource_uris`, `access_token_format` and `dpop_nonce_required` are fields of ours.
"""

from ipaddress import ip_address
from typing import Literal, Self

from cryptography.x509 import Name
from pydantic import BaseModel, ValidationInfo, field_validator, model_validator

from idp.oidc.clients.uris import UriRefused, check_resource_uri

RESOURCES_AT_MOST = 20
TLS_METHODS = ("tls_client_auth", "self_signed_tls_client_auth")
"""RFC 8705 section 2. They work where `protocol.mtls_origin` is set."""
SUBJECTS = ("subject_dn", "san_dns", "san_uri", "san_ip", "san_email")


class TokenFields(BaseModel):
    resource_uris: tuple[str, ...] = ()
    """The resources that this client serves: it may introspect the tokens that are meant for them."""

    access_token_format: Literal["jwt", "opaque"] = "jwt"  # noqa: S105
    """`opaque`: nobody reads it, and it ends everywhere at once; who gets it asks by introspection."""

    dpop_bound_access_tokens: bool = False
    """RFC 9449 section 5.2: no token without a proof."""
    dpop_nonce_required: bool = False
    """Its proofs need a nonce of ours (section 8), as those of a strict profile do."""

    token_endpoint_auth_method: str = "client_secret_basic"  # noqa: S105
    tls_client_certificate_bound_access_tokens: bool = False
    """RFC 8705 section 3.4: no token without a client certificate, and none is used without it."""
    # RFC 8705 section 2.1.2: for tls_client_auth, exactly one of these.
    tls_client_auth_subject_dn: str | None = None
    """As RFC 4514 writes it."""
    tls_client_auth_san_dns: str | None = None
    tls_client_auth_san_uri: str | None = None
    tls_client_auth_san_ip: str | None = None
    tls_client_auth_san_email: str | None = None

    @model_validator(mode="after")
    def certificate_has_one_name(self) -> Self:
        named = [name for name in SUBJECTS if getattr(self, f"tls_client_auth_{name}") is not None]
        if len(named) != (self.token_endpoint_auth_method == "tls_client_auth"):  # noqa: S105
            raise ValueError("tls_client_auth: goes with one name of its certificate, tls_client_auth_...")
        return self

    @field_validator("tls_client_auth_subject_dn", "tls_client_auth_san_ip")
    @classmethod
    def names_can_be_read(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.field_name == "tls_client_auth_san_ip":
            ip_address(value)
        elif value is not None:
            Name.from_rfc4514_string(value)
        return value

    @field_validator("resource_uris")
    @classmethod
    def resources_are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) > RESOURCES_AT_MOST or len(set(value)) != len(value):
            raise ValueError(f"{RESOURCES_AT_MOST} at most, each once")
        for uri in value:
            try:
                check_resource_uri(uri)
            except UriRefused as refused:
                raise ValueError(str(refused)) from None
        return value
