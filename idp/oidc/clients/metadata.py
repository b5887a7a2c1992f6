"""Client metadata: names and rules of RFC 7591 section 2 and OpenID Connect Registration section 2.

Each concern has a file of its own; the one who is asked for, shown and told has what is left. Fields of our
own here: `minimum_level`, `presence_seconds`, `purpose`, `purpose_code`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from idp.audit.fields import is_code, is_identifier
from idp.oidc.clients.credentials.kept_secret import KeptSecret
from idp.oidc.clients.fields.answer import AnswerFields
from idp.oidc.clients.fields.backchannel import CIBA, BackchannelFields
from idp.oidc.clients.fields.choices import one_of
from idp.oidc.clients.fields.device import DEVICE_CODE, DeviceFields
from idp.oidc.clients.fields.exchange import JWT_BEARER, TOKEN_EXCHANGE, ExchangeFields
from idp.oidc.clients.fields.logout import LogoutFields
from idp.oidc.clients.fields.party import PartyFields
from idp.oidc.clients.fields.request import RequestFields
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.clients.limits import STANDARD, OwnLimits
from idp.oidc.clients.uris import UriRefused, check_redirect_uri, check_web_uri

GRANT_TYPES = (
    *("authorization_code", "refresh_token", "client_credentials"),
    *(DEVICE_CODE, TOKEN_EXCHANGE, CIBA, JWT_BEARER),
)
SUBJECT_TYPES = ("pairwise", "public")
LOCALIZED = ("client_name", "organization_name", "purpose", "client_uri", "logo_uri", "policy_uri", "tos_uri")
SUB = re.compile(r"[A-Za-z0-9_-]{43}")
"""Of a person: `idp.oidc.subjects`."""
WEB_URIS = frozenset({"client_uri", "logo_uri", "policy_uri", "tos_uri"})


class MetadataRefused(Exception):
    """Says which fields are wrong and why, one line each."""

    def __init__(self, message: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.errors = errors
        """Field and message of each; no field where several are concerned: the message begins with one."""


class ClientMetadata(
    LogoutFields,
    DeviceFields,
    BackchannelFields,
    RequestFields,
    AnswerFields,
    ExchangeFields,
    PartyFields,
):
    """What a registration says. Unknown fields are refused: a misspelt rule must not be lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(pattern=r"^[A-Za-z0-9._~-]{1,64}$")
    client_name: str = Field(min_length=1, max_length=100)
    post_logout_redirect_uris: tuple[str, ...] = ()
    application_type: str = Field("web", pattern="^(web|native)$")
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    subject_type: str = "pairwise"
    contacts: tuple[str, ...] = ()
    localized: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Field name -> language tag -> text, from `client_name#zh-CN` and the like (RFC 7591 section 2.2).
    The empty tag holds the text without one."""
    purpose_code: str = "sign-in"
    """Stands for `purpose` in the audit log."""
    minimum_level: int = Field(1, ge=1, le=4)
    presence_seconds: int | None = Field(None, ge=1)

    @field_validator("client_id")
    @classmethod
    def id_may_be_logged(cls, value: str) -> str:
        if not is_identifier(value):
            raise ValueError("looks like the number of a person or an organisation")
        if SUB.fullmatch(value):
            # RFC 9700 section 4.15: a client's `sub` is its id, and must not pass for a person's.
            raise ValueError("looks like the sub of a person")
        return value

    @field_validator("purpose_code")
    @classmethod
    def purpose_is_a_code(cls, value: str) -> str:
        if not is_code(value):
            raise ValueError("letters, digits and single - or _ between them")
        return value

    @field_validator("subject_type")
    @classmethod
    def subject_type_is_offered(cls, value: str) -> str:
        return one_of(value, SUBJECT_TYPES)

    @model_validator(mode="after")
    def who_acts_for_itself_is_confidential(self) -> "ClientMetadata":
        acts = "client_credentials" in self.grant_types
        if acts and self.is_public:
            # RFC 6749 section 4.4
            raise ValueError("grant_types: client_credentials is for confidential clients")
        if self.own_scopes and not acts:
            raise ValueError("scope: a scope with a colon needs the grant type client_credentials")
        return self

    @model_validator(mode="after")
    def offline_access_has_its_grant(self) -> "ClientMetadata":
        if OFFLINE_ACCESS in self.scopes and "refresh_token" not in self.grant_types:
            raise ValueError("scope: offline_access needs the grant type refresh_token")
        return self

    @model_validator(mode="after")
    def requests_by_the_back_channel_have_their_grant(self) -> "ClientMetadata":
        if (CIBA in self.grant_types) != (self.backchannel_token_delivery_mode is not None):
            # CIBA Core 1.0 section 4: the mode is REQUIRED, and means nothing without the grant type.
            raise ValueError("backchannel_token_delivery_mode: goes with the grant type of CIBA")
        return self

    @field_validator("grant_types")
    @classmethod
    def grants_are_offered(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            one_of(name, GRANT_TYPES)
        return value

    @field_validator("response_types")
    @classmethod
    def response_types_are_offered(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value not in {("code",), ()}:
            raise ValueError("only code is offered")
        return value

    @model_validator(mode="after")
    def the_code_flow_is_registered_whole(self) -> "ClientMetadata":
        # RFC 7591 section 2.1: `code` goes with `authorization_code`; section 2: and needs redirect_uris.
        if "authorization_code" in self.grant_types and not self.redirect_uris:
            raise ValueError("redirect_uris: the grant type authorization_code needs one")
        if "authorization_code" in self.grant_types and not self.response_types:
            raise ValueError("response_types: the grant type authorization_code needs code")
        return self

    @model_validator(mode="after")
    def uris_are_safe(self) -> "ClientMetadata":
        native = self.application_type == "native"
        for uri in (*self.redirect_uris, *self.post_logout_redirect_uris):
            _checked(lambda uri=uri: check_redirect_uri(uri, native=native))
        for name in WEB_URIS:
            for uri in self.localized.get(name, {}).values():
                _checked(lambda uri=uri: check_web_uri(uri))
        return self

    def text(self, name: str, locale: str) -> str:
        """A human-readable field in the language nearest to `locale`; empty when it is not given."""
        texts = self.localized.get(name, {})
        language = locale.partition("-")[0]
        near = (text for tag, text in texts.items() if tag.partition("-")[0] == language)
        return texts.get(locale) or next(near, "") or texts.get("", "")

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True)


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client, as everything that runs sees it."""

    metadata: ClientMetadata
    secrets: tuple[KeptSecret, ...]
    """At most `SECRETS_AT_MOST`; expired ones may be among them."""
    is_active: bool
    is_self_registered: bool = False
    """Nobody has looked at what it says of itself."""
    ended_before: datetime | None = None
    """As of `ClientRecord`."""
    limits: OwnLimits = STANDARD
    watched_until: datetime | None = None
    """So long its requests are noted for its team (`inspection.watched`)."""

    def is_watched(self, now: datetime) -> bool:
        return self.watched_until is not None and now < self.watched_until

    def has_ended(self, issued_at: float) -> bool:
        """Whether what was issued then (seconds since 1970) was ended by the security staff. What came in the
        very second counts as before."""
        return self.ended_before is not None and issued_at <= self.ended_before.timestamp()

    @property
    def client_id(self) -> str:
        return self.metadata.client_id

    def name(self, locale: str) -> str:
        """As people see it; with where it is, when nobody has looked at the name."""
        name = self.metadata.text("client_name", locale)
        return f"{name} ({self.metadata.place})" if self.is_self_registered else name


def read(fields: Mapping[str, Any]) -> ClientMetadata:
    """Metadata under its registered names, language tags included. Raises MetadataRefused."""
    plain: dict[str, Any] = {}
    localized: dict[str, dict[str, str]] = {}
    for key, value in fields.items():
        name, _, tag = key.partition("#")
        if name in LOCALIZED:
            localized.setdefault(name, {})[tag] = value
        if name == "client_name" or name not in LOCALIZED:
            plain[key] = value
    plain = {key: value for key, value in plain.items() if not key.startswith("client_name#")}
    return from_json({**plain, "localized": localized})


def from_json(value: Mapping[str, Any]) -> ClientMetadata:
    """Inverse of `to_json`. Raises MetadataRefused."""
    try:
        return ClientMetadata.model_validate(value)
    except ValidationError as error:
        found = tuple((".".join(map(str, e["loc"])), e["msg"]) for e in error.errors())
        raise MetadataRefused("\n".join(f"{at or 'client'}: {why}" for at, why in found), found) from None


def _checked(check: Any) -> None:
    try:
        check()
    except UriRefused as refused:
        raise ValueError(str(refused)) from None
