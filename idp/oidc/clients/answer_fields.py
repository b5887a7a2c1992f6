"""What a registration says of what we send: signed by which algorithm.

OpenID Connect Registration 1.0 section 2, JARM section 3.
"""

from typing import Self

from pydantic import field_validator, model_validator

from idp.oidc.clients.choices import one_of
from idp.oidc.clients.key_fields import KeyFields
from idp.oidc.keys.algorithms import ALGORITHMS

SIGNING_ALGORITHMS = tuple(ALGORITHMS)


class AnswerFields(KeyFields):
    # OpenID Connect Registration section 2: RS256 when omitted.
    id_token_signed_response_alg: str = "RS256"  # noqa: S105
    authorization_signed_response_alg: str = "RS256"
    """For the response modes with jwt (JARM section 3)."""

    @field_validator("id_token_signed_response_alg", "authorization_signed_response_alg")
    @classmethod
    def algorithm_is_offered(cls, value: str) -> str:
        # OpenID Connect Registration section 2: `none` only where no id_token leaves the token
        # endpoint; we never offer it (RFC 8725 section 3.2).
        return one_of(value, SIGNING_ALGORITHMS)

    @model_validator(mode="after")
    def answers_keep_to_the_profile(self) -> Self:
        self.check_algorithms(self.id_token_signed_response_alg)
        return self
