"""What a registration says of request objects: signed and encrypted by what, and where they may lie.

OpenID Connect Registration 1.0 section 2, RFC 9101 sections 5.2 and 10.5.
"""

import re
from typing import Self

from pydantic import Field, field_validator, model_validator

from idp.oidc.clients.fields.choices import one_of
from idp.oidc.clients.fields.key import ASSERTION_ALGORITHMS, KeyFields
from idp.oidc.clients.uris import UriRefused, check_web_uri
from idp.oidc.keys.decryption import ALGORITHMS, CONTENTS

REQUEST_URIS_AT_MOST = 20
SHA256 = re.compile(r"[A-Za-z0-9_-]{43}")
DEFAULT_ENC = "A128CBC-HS256"
"""Registration section 2: where an alg is registered without an enc."""


class RequestObjectFields(KeyFields):
    require_signed_request_object: bool = False
    request_object_signing_alg: str | None = None
    """None: any that the profile allows. Never `none`: an unsigned object says no more than an address."""
    request_object_encryption_alg: str | None = None
    """What it encrypts with, if it encrypts; None: with anything that is offered."""
    request_object_encryption_enc: str | None = None
    request_uris: tuple[str, ...] = Field((), max_length=REQUEST_URIS_AT_MOST)
    """Where its request objects may be fetched from, and nowhere else."""

    @field_validator("request_object_signing_alg")
    @classmethod
    def request_algorithm_is_offered(cls, value: str | None) -> str | None:
        return None if value is None else one_of(value, ASSERTION_ALGORITHMS)

    @field_validator("request_object_encryption_alg")
    @classmethod
    def encryption_is_offered(cls, value: str | None) -> str | None:
        return None if value is None else one_of(value, tuple(ALGORITHMS))

    @field_validator("request_object_encryption_enc")
    @classmethod
    def content_encryption_is_offered(cls, value: str | None) -> str | None:
        return None if value is None else one_of(value, tuple(CONTENTS))

    @field_validator("request_uris")
    @classmethod
    def request_uris_may_be_asked(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """OpenID Connect Core 1.0 section 6.2: a fragment is the SHA-256 of what lies there."""
        for uri in value:
            bare, hashed, fragment = uri.partition("#")
            try:
                check_web_uri(bare)
            except UriRefused as refused:
                raise ValueError(str(refused)) from None
            if hashed and not SHA256.fullmatch(fragment):
                raise ValueError("the fragment is not the base64url of a SHA-256 digest")
        return value

    @model_validator(mode="after")
    def request_objects_keep_to_the_profile(self) -> Self:
        self.check_algorithms(self.request_object_signing_alg)
        # Registration section 2: with an enc, there has to be an alg.
        if self.request_object_encryption_enc and not self.request_object_encryption_alg:
            raise ValueError("request_object_encryption_enc: needs request_object_encryption_alg")
        return self

    @property
    def signs_always(self) -> bool:
        """Its requests, in request objects."""
        return self.require_signed_request_object or self.rules.signs_requests

    @property
    def needs_keys(self) -> bool:
        # What is encrypted to us is signed first (RFC 9101 section 6.1).
        return super().needs_keys or self.signs_always or self.request_object_encryption_alg is not None

    @property
    def request_object_algorithms(self) -> frozenset[str]:
        """That this client may sign its request objects with."""
        one = self.request_object_signing_alg
        return self.rules.algorithms if one is None else frozenset((one,))

    @property
    def request_object_encryption(self) -> tuple[frozenset[str], frozenset[str]]:
        """Each alg and each enc that this client may encrypt its request objects with."""
        if self.request_object_encryption_alg is None:
            return frozenset(ALGORITHMS), frozenset(CONTENTS)
        enc = self.request_object_encryption_enc or DEFAULT_ENC
        return frozenset((self.request_object_encryption_alg,)), frozenset((enc,))
