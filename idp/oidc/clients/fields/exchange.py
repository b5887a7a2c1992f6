"""What a registration says of grants for what somebody else was given: token exchange (RFC 8693), with whose
tokens, for what, and who may act; and assertions of other issuers (RFC 7523), which the settings name.

Both fields are ours, and an operator's alone. Without a rule nobody exchanges anything.
"""

from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from idp.oidc.claims.catalogue import RELEASES
from idp.oidc.clients.fields.key import KeyFields
from idp.oidc.clients.uris import UriRefused, check_resource_uri

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105
"""RFC 8693 section 2.1."""
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
"""RFC 7523 section 2.1."""
RULES_AT_MOST = 20
ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{1,64}$")]


class ExchangeRule(BaseModel):
    """What a client may make of one other client's access tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject_client: ClientId
    """Whose access tokens: the client that they were issued to."""
    resources: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]
    """Where the new tokens are to be used, at most (RFC 8707)."""
    scope: str = ""
    """What the new tokens may say of scopes, at most; nothing when it is left out."""
    impersonation: bool = False
    """The new tokens need not say who acts (RFC 8693 section 1.1)."""

    @field_validator("resources")
    @classmethod
    def resources_are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for uri in value:
            try:
                check_resource_uri(uri)
            except UriRefused as refused:
                raise ValueError(str(refused)) from None
        return value

    @field_validator("scope")
    @classmethod
    def scopes_concern_the_person(cls, value: str) -> str:
        # Not offline_access: nothing that was exchanged is refreshed.
        if not set(value.split()) <= RELEASES.keys():
            raise ValueError(f"of {' '.join(RELEASES)}")
        return value

    @cached_property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())


class ExchangeFields(KeyFields):
    grant_types: tuple[str, ...] = ("authorization_code",)
    token_exchange: tuple[ExchangeRule, ...] = Field((), max_length=RULES_AT_MOST)
    """What this client may exchange; one rule for each client whose tokens it gets."""
    may_act: ClientId | None = None
    """Who alone may exchange the access tokens of this client, which name it (RFC 8693 section 4.4). None:
    whoever has a rule for them."""

    @model_validator(mode="after")
    def exchange_has_rules(self) -> Self:
        exchanges = TOKEN_EXCHANGE in self.grant_types
        if exchanges != bool(self.token_exchange):
            raise ValueError("token_exchange: rules go with the grant type token-exchange, and it with rules")
        if len({rule.subject_client for rule in self.token_exchange}) != len(self.token_exchange):
            raise ValueError("token_exchange: one rule for each subject_client")
        return self

    @model_validator(mode="after")
    def who_takes_what_others_got_is_known(self) -> Self:
        for name in (TOKEN_EXCHANGE, JWT_BEARER):
            if name in self.grant_types and self.is_public:
                # Both are given to a certain client, and anybody can say that they are a public one.
                raise ValueError(f"grant_types: {name} is for confidential clients")
            if name in self.grant_types and not self.rules.takes_what_others_got:
                raise ValueError(f"grant_types: {name} is not in the profile {self.profile}")
        return self

    def exchange_rule(self, subject_client: str) -> ExchangeRule | None:
        """None: this client's tokens are not for it to exchange."""
        return next((rule for rule in self.token_exchange if rule.subject_client == subject_client), None)
