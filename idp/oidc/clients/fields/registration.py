"""What a registration says of itself, of its sector, and of what its requests ask when they are silent.

Names and rules of OpenID Connect Registration 1.0 section 2 and RFC 7591 section 2.
"""

from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from idp.oidc.clients.fields.initiation import InitiationFields
from idp.oidc.clients.uris import UriRefused, check_web_uri

STATEMENT_CHARACTERS_AT_MOST = 16384
ACR_VALUES_AT_MOST = 10
NO_HOST = ".."
"""How the sector of a client begins that has shown no host: an empty label, which no host has."""


class RegistrationFields(InitiationFields):
    redirect_uris: tuple[str, ...] = Field((), max_length=50)
    sector: str = Field(pattern=r"^[a-z0-9.-]{1,255}$")
    sector_identifier_uri: str | None = None
    """Names all redirect_uris of the sector; read when a client registers itself."""
    software_id: str | None = Field(None, max_length=255)
    software_version: str | None = Field(None, max_length=255)
    software_statement: str | None = Field(None, max_length=STATEMENT_CHARACTERS_AT_MOST)
    """As it was presented (RFC 7591 section 3.2.1); what it claims stands in the other fields."""
    default_max_age: int | None = Field(None, ge=0, lt=10**9)
    """`max_age` of requests that have none; seconds."""
    default_acr_values: tuple[str, ...] = Field((), max_length=ACR_VALUES_AT_MOST)
    """`acr_values` of requests that have none."""
    require_auth_time: bool = False
    """`auth_time` stands in every id_token, required or not."""

    @property
    def place(self) -> str:
        """The host that a client which registered itself has shown to be its own; else its first address as
        far as it is one: an app has a scheme."""
        parts = urlsplit(self.redirect_uris[0])
        return (parts.netloc or f"{parts.scheme}:") if self.sector.startswith(NO_HOST) else self.sector

    @model_validator(mode="after")
    def sector_is_the_one_of_its_address(self) -> "RegistrationFields":
        # OpenID Connect Core 1.0 section 8.1
        if self.sector_identifier_uri is None:
            return self
        try:
            check_web_uri(self.sector_identifier_uri)
        except UriRefused as refused:
            raise ValueError(str(refused)) from None
        if host_of(self.sector_identifier_uri) != self.sector:
            raise ValueError("sector: not the host of sector_identifier_uri")
        return self

    @field_validator("default_acr_values")
    @classmethod
    def acr_values_are_words(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not 0 < len(one) <= 256 or len(one.split()) != 1 for one in value):
            raise ValueError("each is one word")
        return value


def host_of(uri: str) -> str:
    """As a sector is written. Names with a dot at the end are the same name (RFC 1034 section 3.1)."""
    return (urlsplit(uri).hostname or "").removesuffix(".")
