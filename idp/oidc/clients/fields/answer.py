"""What a registration says of what we send: signed by which algorithm, and encrypted by which.

OpenID Connect Registration 1.0 section 2, JARM section 3, RFC 9701 section 6.
"""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import field_validator, model_validator

from idp.oidc.clients.fields.choices import one_of
from idp.oidc.clients.fields.key import KeyFields
from idp.oidc.clients.profiles import DEFAULT, PROFILES
from idp.oidc.jose.jwe import CONTENT_ALGORITHMS, DEFAULT_CONTENT, KEY_ALGORITHMS, Encryption, recipient
from idp.oidc.jose.jws import KeyUnknown
from idp.oidc.jose.public_keys import public_keys
from idp.oidc.keys.algorithms import ALGORITHMS

SIGNING_ALGORITHMS = tuple(ALGORITHMS)
DEFAULT_ALGORITHM = "RS256"
"""OpenID Connect Registration 1.0 section 2, JARM section 3, RFC 9701 section 6: when omitted."""
STRICT_ALGORITHM = "ES256"
"""When omitted in a profile that does without RS256, as the FAPI profiles do."""
ALWAYS_SIGNED = (
    "id_token_signed_response_alg",
    "authorization_signed_response_alg",
    "introspection_signed_response_alg",
)
ENCRYPTED = ("id_token", "userinfo", "authorization", "introspection")


class AnswerFields(KeyFields):
    id_token_signed_response_alg: str = DEFAULT_ALGORITHM
    id_token_encrypted_response_alg: str | None = None
    """None: it is not encrypted. Logout tokens are as id_tokens are."""
    id_token_encrypted_response_enc: str | None = None
    """A128CBC-HS256 when left out, here and below."""
    userinfo_signed_response_alg: str | None = None
    """None: plain JSON."""
    userinfo_encrypted_response_alg: str | None = None
    userinfo_encrypted_response_enc: str | None = None
    authorization_signed_response_alg: str = DEFAULT_ALGORITHM
    """For the response modes with jwt."""
    authorization_encrypted_response_alg: str | None = None
    authorization_encrypted_response_enc: str | None = None
    introspection_signed_response_alg: str = DEFAULT_ALGORITHM
    """For whoever asks for a signed answer."""
    introspection_encrypted_response_alg: str | None = None
    introspection_encrypted_response_enc: str | None = None

    @model_validator(mode="before")
    @classmethod
    def defaults_are_written_down(cls, given: Any) -> Any:
        """So that the client is told of them (RFC 7591 section 3.2.1)."""
        if not isinstance(given, Mapping):
            return given
        filled = {
            f"{what}_encrypted_response_enc": DEFAULT_CONTENT
            for what in ENCRYPTED
            if given.get(f"{what}_encrypted_response_alg") is not None
        }
        rules = PROFILES.get(str(given.get("profile", DEFAULT)))
        if rules is not None and DEFAULT_ALGORITHM not in rules.algorithms:
            filled.update(dict.fromkeys(ALWAYS_SIGNED, STRICT_ALGORITHM))
        return {**given, **{name: value for name, value in filled.items() if given.get(name) is None}}

    @field_validator(*ALWAYS_SIGNED, "userinfo_signed_response_alg")
    @classmethod
    def algorithm_is_offered(cls, value: str | None) -> str | None:
        # OpenID Connect Registration section 2: `none` only where no id_token leaves the token
        # endpoint; we never offer it (RFC 8725 section 3.2).
        return None if value is None else one_of(value, SIGNING_ALGORITHMS)

    @field_validator(*(f"{what}_encrypted_response_alg" for what in ENCRYPTED))
    @classmethod
    def key_algorithm_is_offered(cls, value: str | None) -> str | None:
        return None if value is None else one_of(value, KEY_ALGORITHMS)

    @field_validator(*(f"{what}_encrypted_response_enc" for what in ENCRYPTED))
    @classmethod
    def content_algorithm_is_offered(cls, value: str | None) -> str | None:
        return None if value is None else one_of(value, CONTENT_ALGORITHMS)

    @model_validator(mode="after")
    def answers_keep_to_the_profile(self) -> Self:
        self.check_algorithms(*(getattr(self, name) for name in ALWAYS_SIGNED))
        self.check_algorithms(self.userinfo_signed_response_alg)
        return self

    @model_validator(mode="after")
    def what_is_encrypted_has_a_key(self) -> Self:
        algorithms: set[str] = set()
        for what in ENCRYPTED:
            if (encryption := self._encryption(what)) is not None:
                algorithms.add(encryption.alg)
            elif getattr(self, f"{what}_encrypted_response_enc") is not None:
                # OpenID Connect Registration 1.0 section 2
                raise ValueError(f"{what}_encrypted_response_enc: needs {what}_encrypted_response_alg")
        if algorithms and not self.has_keys:
            raise ValueError("jwks: what is to be encrypted needs jwks or jwks_uri")
        if algorithms and self.jwks is not None:
            _check_keys(self.jwks, algorithms)
        return self

    @cached_property
    def id_token_encryption(self) -> Encryption | None:
        return self._encryption("id_token")

    @cached_property
    def userinfo_encryption(self) -> Encryption | None:
        return self._encryption("userinfo")

    @cached_property
    def authorization_encryption(self) -> Encryption | None:
        return self._encryption("authorization")

    @cached_property
    def introspection_encryption(self) -> Encryption | None:
        return self._encryption("introspection")

    def _encryption(self, what: str) -> Encryption | None:
        alg: str | None = getattr(self, f"{what}_encrypted_response_alg")
        enc: str | None = getattr(self, f"{what}_encrypted_response_enc")
        return None if alg is None else Encryption(alg, enc or DEFAULT_CONTENT)


def _check_keys(jwks: dict[str, Any], algorithms: Collection[str]) -> None:
    keys = public_keys(jwks)
    try:
        for algorithm in algorithms:
            recipient(keys, algorithm)
    except KeyUnknown as unknown:
        raise ValueError(f"jwks: {unknown}") from None
