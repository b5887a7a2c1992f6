"""The `claims` parameter (OpenID Connect Core 1.0 section 5.5): read strictly, within bounds, then frozen.

Its `verified_claims` follow OpenID Connect for Identity Assurance 1.0, sections 5.4 to 5.6. What we do not
know is ignored, as both specifications want it; what we know and cannot understand is an error.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.oidc.claims.catalogue import ACTING_FOR, SCOPE_OF
from idp.oidc.jose.strict_json import strict_object

CHARACTERS_AT_MOST = 4096
DEPTH_AT_MOST = 12
VALUES_AT_MOST = 400
"""Everything in it, counted one by one."""
LIST_AT_MOST = 32
VERIFIED_CLAIMS = "verified_claims"
CONSTRAINTS = frozenset({"essential", "value", "values", "max_age", "purpose"})
"""Members that speak of a claim, not of what lies inside it."""
KNOWN = frozenset({*SCOPE_OF, "acr", "auth_time"})

WORD = re.compile(r"[a-z_]{1,40}")

Scalar = str | int | float | bool
Wanted = Scalar | Mapping[str, Scalar]
"""A value that a claim is asked for with; of `acting_for` the members that it must have."""


class ClaimsRefused(ValueError):
    """Says what is wrong, in the words of a parameter's description."""


@dataclass(frozen=True, slots=True)
class ClaimAsked:
    """`values`: any of these will do; empty: whatever it is."""

    essential: bool = False
    values: tuple[Wanted, ...] = ()

    def accepts(self, value: object) -> bool:
        return not self.values or any(is_same(value, wanted) for wanted in self.values)


@dataclass(frozen=True, slots=True)
class VerifiedAsked:
    """One `verified_claims` request: what the verification must say, and the claims wanted under it."""

    verification: Mapping[str, Any]
    """A template; `matching` reads it."""
    claims: Mapping[str, ClaimAsked]
    is_essential: bool
    """Something in it is."""


@dataclass(frozen=True, slots=True)
class MemberAsked:
    """What is asked of one place, `userinfo` or `id_token`."""

    claims: Mapping[str, ClaimAsked] = field(default_factory=dict)
    verified: tuple[VerifiedAsked, ...] = ()
    is_list: bool = False
    """`verified_claims` came as an array, and is answered as one."""

    @property
    def names(self) -> Iterator[str]:
        """Of all claims, verified ones included."""
        yield from self.claims
        for one in self.verified:
            yield from one.claims

    def __bool__(self) -> bool:
        """Something of the person is asked for; `acr` and the like are no part of it."""
        return any(name in SCOPE_OF and name != "sub" for name in self.names)


@dataclass(frozen=True, slots=True)
class ClaimsAsked:
    userinfo: MemberAsked = MemberAsked()
    id_token: MemberAsked = MemberAsked()

    @property
    def members(self) -> tuple[MemberAsked, MemberAsked]:
        return self.userinfo, self.id_token


def read(text: str | None) -> ClaimsAsked:
    """Raises ClaimsRefused."""
    if not text:
        return ClaimsAsked()
    document = _json(text)
    return ClaimsAsked(_member(document, "userinfo"), _member(document, "id_token"))


def is_same(value: object, wanted: object) -> bool:
    """As JSON sees it: `true` is not 1. An object has the members that are wanted, whatever else it has."""
    if isinstance(value, Mapping) and isinstance(wanted, Mapping):
        return all(name in value and is_same(value[name], one) for name, one in wanted.items())
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _json(text: str) -> dict[str, Any]:
    if len(text) > CHARACTERS_AT_MOST:
        raise ClaimsRefused("claims is too long.")
    try:
        document = strict_object(text.encode())
    except ValueError:
        raise ClaimsRefused("claims is not a JSON object, or has a member twice.") from None
    _check_size(document)
    return document


def _check_size(document: dict[str, Any]) -> None:
    level: list[Any] = [document]
    count = 0
    for _ in range(DEPTH_AT_MOST):
        count += len(level)
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            break
    if level or count > VALUES_AT_MOST:
        raise ClaimsRefused("claims is too large.")


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _member(document: dict[str, Any], name: str) -> MemberAsked:
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise ClaimsRefused(f"claims: {name} is not an object.")
    verified = found.get(VERIFIED_CLAIMS, [])
    is_list = isinstance(verified, list)
    return MemberAsked(
        claims={claim: _claim(claim, value) for claim, value in found.items() if claim in KNOWN},
        verified=tuple(map(_verified, verified if is_list else [verified])),
        is_list=is_list,
    )


def _claim(name: str, value: Any) -> ClaimAsked:
    if value is None:
        return ClaimAsked()
    if not isinstance(value, dict):
        raise ClaimsRefused(f"claims: {name} is neither null nor an object.")
    _check_constraints(name, value)
    values = value.get("values", [value["value"]] if "value" in value else [])
    return ClaimAsked(value.get("essential", False), tuple(values))


def _verified(value: Any) -> VerifiedAsked:
    """Identity Assurance section 5.4: `verification` with a `trust_framework`, and `claims`."""
    if not isinstance(value, dict):
        raise ClaimsRefused("claims: verified_claims is neither an object nor an array of objects.")
    verification, wanted = value.get("verification"), value.get("claims")
    if not isinstance(verification, dict) or "trust_framework" not in verification:
        raise ClaimsRefused("claims: verified_claims needs a verification with its trust_framework.")
    if not isinstance(wanted, dict) or not wanted:
        raise ClaimsRefused("claims: verified_claims needs claims.")
    _check_template("verification", verification)
    _check_evidence(verification)
    claims = {name: _claim(name, one) for name, one in wanted.items() if name in KNOWN}
    is_essential = _has_essential(verification) or any(one.essential for one in claims.values())
    return VerifiedAsked(verification, claims, is_essential)


def _check_evidence(verification: dict[str, Any]) -> None:
    """Section 5.5: each entry is a filter over one type of evidence, named by `value` alone."""
    if "evidence" not in verification:
        return
    entries = verification["evidence"]
    if not isinstance(entries, list) or not entries:
        raise ClaimsRefused("claims: evidence is not an array with members.")
    for entry in entries:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(kind, dict) or not isinstance(kind.get("value"), str) or "values" in kind:
            raise ClaimsRefused("claims: evidence needs a type with its value.")


def _check_template(name: str, template: Any) -> None:
    """null, an object of templates and constraints, or an array of such objects."""
    if template is None:
        return
    if isinstance(template, list):
        if not all(isinstance(one, dict) for one in template) or not 0 < len(template) <= LIST_AT_MOST:
            raise ClaimsRefused(f"claims: {_shown(name)} is not an array of objects.")
        for one in template:
            _check_template(name, one)
        return
    if not isinstance(template, dict):
        raise ClaimsRefused(f"claims: {_shown(name)} is neither null nor an object.")
    _check_constraints(name, template)
    for inner, value in template.items():
        if inner not in CONSTRAINTS:
            _check_template(inner, value)


def _check_constraints(name: str, value: dict[str, Any]) -> None:
    """OpenID Connect Core 1.0 section 5.5.1; `max_age` is Identity Assurance section 5.6.2."""
    if not isinstance(value.get("essential", False), bool):
        raise ClaimsRefused(f"claims: {_shown(name)}: essential is not true or false.")
    if "value" in value and "values" in value:
        raise ClaimsRefused(f"claims: {_shown(name)} has both value and values.")
    values = value.get("values", [value["value"]] if "value" in value else [None])
    if not isinstance(values, list) or not 0 < len(values) <= LIST_AT_MOST:
        raise ClaimsRefused(f"claims: {_shown(name)}: values is not an array with members.")
    fits = _is_of_object if name == ACTING_FOR else _is_scalar
    if ("value" in value or "values" in value) and not all(map(fits, values)):
        what = (
            "is not an object of such"
            if name == ACTING_FOR
            else "is neither text, a number nor a truth value"
        )
        raise ClaimsRefused(f"claims: {_shown(name)}: a value {what}.")
    age = value.get("max_age", 0)
    if isinstance(age, bool) or not isinstance(age, int | float) or age < 0:
        raise ClaimsRefused(f"claims: {_shown(name)}: max_age is not a number of seconds.")


def _is_scalar(value: Any) -> bool:
    return isinstance(value, Scalar)


def _is_of_object(value: Any) -> bool:
    """Members of the claim with their values: `{"type": "organisation"}`."""
    return isinstance(value, dict) and bool(value) and all(map(_is_scalar, value.values()))


def _shown(name: str) -> str:
    """A client's own words go into no description but as a plain word (RFC 6749 section 4.1.2.1)."""
    return name if WORD.fullmatch(name) else "a member"


def _has_essential(template: Any) -> bool:
    if isinstance(template, dict) and template.get("essential") is True:
        return True
    return any(map(_has_essential, _inside(template)))
