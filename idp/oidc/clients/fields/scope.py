"""What a registration says of scopes: what the client may ask people for, and do for itself.

RFC 7591 section 2. `optional_scope` is a field of ours.
"""

from functools import cached_property
from typing import Self

from pydantic import BaseModel, field_validator, model_validator

from idp.audit.fields import is_code

OFFLINE_ACCESS = "offline_access"
ORGANISATION = "organisation"
SCOPES = ("openid", "profile", "email", "phone", "age", "resident_number", ORGANISATION, OFFLINE_ACCESS)
OWN_SCOPES_AT_MOST = 16
DEFAULT_SCOPE = "openid profile"


class ScopeFields(BaseModel):
    scope: str = DEFAULT_SCOPE
    """What concerns a person, as in `SCOPES`; and, with a colon in it such as `licences:read`, what the
    client may do for itself (`client_credentials`)."""
    optional_scope: str = ""
    """Of `scope`, what a person may leave out and still come in."""

    @field_validator("scope")
    @classmethod
    def scopes_are_known(cls, value: str) -> str:
        unknown = {scope for scope in value.split() if scope not in SCOPES and not _is_own(scope)}
        if unknown:
            raise ValueError(f"unknown scope: {' '.join(sorted(unknown))}")
        return value

    @model_validator(mode="after")
    def optional_scopes_are_scopes(self) -> Self:
        if not self.optional_scopes <= self.scopes - {"openid", *self.own_scopes}:
            raise ValueError("optional_scope: must be part of scope, and cannot be openid")
        return self

    @model_validator(mode="after")
    def own_scopes_are_few(self) -> Self:
        if len(self.own_scopes) > OWN_SCOPES_AT_MOST:
            raise ValueError(f"scope: {OWN_SCOPES_AT_MOST} with a colon at most")
        return self

    @cached_property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())

    @cached_property
    def own_scopes(self) -> tuple[str, ...]:
        """What the client may do for itself, in the order of its registration."""
        return tuple(dict.fromkeys(scope for scope in self.scope.split() if _is_own(scope)))

    @cached_property
    def optional_scopes(self) -> frozenset[str]:
        return frozenset(self.optional_scope.split())


def _is_own(scope: str) -> bool:
    """RFC 6749 section 3.3, as narrow as the audit log: words joined by a colon."""
    return ":" in scope and is_code(scope)
