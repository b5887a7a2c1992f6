"""What a registration says of access tokens: for which resources, in which form, bound to what.

`resource_uris`, `access_token_format` and `dpop_nonce_required` are fields of ours.
"""

from typing import Literal

from pydantic import BaseModel, field_validator

from idp.oidc.clients.uris import UriRefused, check_resource_uri

RESOURCES_AT_MOST = 20


class TokenFields(BaseModel):
    resource_uris: tuple[str, ...] = ()
    """The resources that this client serves: it may introspect the tokens that are meant for them."""

    access_token_format: Literal["jwt", "opaque"] = "jwt"  # noqa: S105
    """`opaque`: nobody reads it, and it ends everywhere at once; who gets it asks by introspection."""

    dpop_bound_access_tokens: bool = False
    """RFC 9449 section 5.2: no token without a proof."""
    dpop_nonce_required: bool = False
    """Its proofs need a nonce of ours (section 8), as those of a strict profile do."""

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
