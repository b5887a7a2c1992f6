"""What a registration says of the client's keys, of how it proves itself, and of how strict both are.

OpenID Connect Registration 1.0 section 2, RFC 7591 section 2. `profile` is a field of ours.
"""

from typing import Any, Self

from pydantic import field_validator, model_validator

from idp.oidc.clients.fields.choices import one_of
from idp.oidc.clients.fields.token import TLS_METHODS, TokenFields
from idp.oidc.clients.profiles import DEFAULT, PROFILES, Profile
from idp.oidc.clients.uris import UriRefused, check_web_uri
from idp.oidc.jose.jws import MAC_ALGORITHMS
from idp.oidc.jose.public_keys import public_keys

CLIENT_SECRET_JWT, PRIVATE_KEY_JWT = "client_secret_jwt", "private_key_jwt"
AUTH_METHODS = ("client_secret_basic", "client_secret_post", CLIENT_SECRET_JWT, PRIVATE_KEY_JWT, "none")
ASSERTION_ALGORITHMS = ("ES256", "PS256", "RS256", "EdDSA")
"""That clients may sign with; each profile allows some of them."""
AUTH_ALGORITHMS = (*ASSERTION_ALGORITHMS, *MAC_ALGORITHMS)
"""Of client assertions: those with a MAC are for `client_secret_jwt`, and for nothing else."""


class KeyFields(TokenFields):
    profile: str = DEFAULT
    """One of `idp.oidc.clients.profiles`: how strict everything is."""
    token_endpoint_auth_signing_alg: str | None = None
    """For `private_key_jwt`, None: any that the profile allows; for `client_secret_jwt`: HS256."""
    jwks: dict[str, Any] | None = None
    jwks_uri: str | None = None
    """Where the client's public keys are; one of the two (RFC 7591 section 2)."""

    @field_validator("token_endpoint_auth_method")
    @classmethod
    def method_is_offered(cls, value: str) -> str:
        return one_of(value, (*AUTH_METHODS, *TLS_METHODS))

    @field_validator("profile")
    @classmethod
    def profile_is_known(cls, value: str) -> str:
        return one_of(value, tuple(PROFILES))

    @field_validator("token_endpoint_auth_signing_alg")
    @classmethod
    def assertion_algorithm_is_offered(cls, value: str | None) -> str | None:
        return None if value is None else one_of(value, AUTH_ALGORITHMS)

    @field_validator("jwks")
    @classmethod
    def keys_are_public_and_usable(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value is not None:
            public_keys(value)
        return value

    @model_validator(mode="after")
    def keys_are_in_one_place(self) -> Self:
        if self.jwks is not None and self.jwks_uri is not None:
            raise ValueError("jwks: not together with jwks_uri")
        if self.jwks_uri is not None:
            try:
                check_web_uri(self.jwks_uri)
            except UriRefused as refused:
                raise ValueError(str(refused)) from None
        return self

    @model_validator(mode="after")
    def who_signs_has_keys(self) -> Self:
        if self.needs_keys and not self.has_keys:
            raise ValueError("jwks: who signs needs jwks or jwks_uri")
        return self

    @model_validator(mode="after")
    def method_is_of_the_profile(self) -> Self:
        if self.token_endpoint_auth_method not in self.rules.auth_methods:
            raise ValueError(f"token_endpoint_auth_method: not in the profile {self.profile}")
        chosen = self.token_endpoint_auth_signing_alg
        if not self.secret_is_known:
            # Never one with a MAC: a public key must not pass for its secret (RFC 8725 section 2.1).
            self.check_algorithms(chosen)
        elif chosen not in {None, *MAC_ALGORITHMS}:
            raise ValueError(f"token_endpoint_auth_signing_alg: {CLIENT_SECRET_JWT} has HS256")
        return self

    def check_algorithms(self, *chosen: str | None) -> None:
        """Of signatures, whoever makes them. Raises ValueError."""
        if not {*chosen} - {None} <= self.rules.algorithms:
            allowed = ", ".join(sorted(self.rules.algorithms))
            raise ValueError(f"an algorithm is not in the profile {self.profile}: {allowed}")

    @property
    def needs_keys(self) -> bool:
        return self.token_endpoint_auth_method in {PRIVATE_KEY_JWT, "self_signed_tls_client_auth"}

    @property
    def has_keys(self) -> bool:
        return self.jwks is not None or self.jwks_uri is not None

    @property
    def rules(self) -> Profile:
        return PROFILES[self.profile]

    @property
    def assertion_algorithms(self) -> frozenset[str]:
        """That this client may sign its assertions with."""
        one = self.token_endpoint_auth_signing_alg
        return self.rules.algorithms if one is None else frozenset((one,))

    @property
    def has_secret(self) -> bool:
        return self.token_endpoint_auth_method.startswith("client_secret_")

    @property
    def secret_is_known(self) -> bool:
        """To us: without it no MAC can be checked (OpenID Connect Core 1.0 section 9)."""
        return self.token_endpoint_auth_method == CLIENT_SECRET_JWT

    @property
    def is_public(self) -> bool:
        return self.token_endpoint_auth_method == "none"  # noqa: S105
