"""What a person agrees to, one line of the consent page each.

A scope is one; a single claim whose scope is not asked for is another, so that who asks for a name alone
gets no more; and how claims were verified is told only where the person agrees to that, the receipt of a
face check apart.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from idp.oidc.claims.asked import ClaimsAsked, MemberAsked, VerifiedAsked
from idp.oidc.claims.catalogue import BY_NAME, RELEASES, SCOPE_OF, VERIFIED, VERIFIED_ALONE
from idp.oidc.clients.fields.scope import SCOPES

PREFIX = "claim:"
VERIFICATION = "verification"
FACE_RECEIPT = "face_receipt"
BIOMETRIC_CHECK = "bvr"
"""Biometric verification, remote: the working group's identifier of a `check_method`."""
SINGLE = (*RELEASES["profile"], *BY_NAME["age"])
"""Claims that are units by themselves. Phone and number are one thing each: their claims have the scope's."""
UNITS = (*SCOPES, *(PREFIX + claim for claim in SINGLE), VERIFICATION, FACE_RECEIPT)
"""In the order of the page."""


def unit_of(claim: str) -> str:
    return PREFIX + claim if claim in SINGLE else SCOPE_OF[claim]


def covers(agreed: Collection[str], unit: str) -> bool:
    """Who was asked about a scope was asked about each claim that it releases."""
    claim = unit.removeprefix(PREFIX)
    scope = SCOPE_OF.get(claim, "") if claim != unit else ""
    return unit in agreed or (scope in agreed and claim in RELEASES[scope])


def of_claims(asked: ClaimsAsked, scopes: Collection[str], may_ask: Collection[str]) -> Mapping[str, bool]:
    """The units that a `claims` parameter adds to these scopes, and whether the client calls them essential.

    `may_ask`: the scopes of the client's registration. A claim beyond them is not asked for at all.
    """
    found: dict[str, bool] = {}

    def add(unit: str, is_essential: bool) -> None:
        if not covers(scopes, unit):
            found[unit] = found.get(unit, False) or is_essential

    for member in asked.members:
        for name, one in member.claims.items():
            if _is_open(name, may_ask) and name not in VERIFIED_ALONE:
                add(unit_of(name), one.essential)
        for verified in member.verified:
            wanted = {name: one for name, one in verified.claims.items() if is_verified(name, may_ask)}
            for name, one in wanted.items():
                add(unit_of(name), one.essential)
            if wanted:
                add(VERIFICATION, verified.is_essential)
            if wanted and wants_face(verified):
                add(FACE_RECEIPT, verified.is_essential)
    return found


def releasable(member: MemberAsked, may_ask: Collection[str], agreed: Collection[str]) -> frozenset[str]:
    """The claims of a member that this client may have and this person agreed to."""
    return frozenset(
        name for name in member.names if _is_open(name, may_ask) and covers(agreed, unit_of(name))
    )


def is_verified(name: str, may_ask: Collection[str]) -> bool:
    """Is there a verified claim of that name for who may ask this?"""
    return name in VERIFIED and SCOPE_OF[name] in may_ask


def wants_face(asked: VerifiedAsked) -> bool:
    """A check of a face is told of where evidence of it is asked for by name, or with its receipt."""
    return wants_receipt(asked) or any(
        BIOMETRIC_CHECK in _check_methods(entry.get("check_details")) for entry in _evidence(asked)
    )


def wants_receipt(asked: VerifiedAsked) -> bool:
    return any("attachments" in entry for entry in _evidence(asked))


def _evidence(asked: VerifiedAsked) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = asked.verification.get("evidence", ())
    return found


def _check_methods(template: Any) -> set[str]:
    found: set[str] = set()
    for one in template if isinstance(template, list) else [template]:
        method = one.get("check_method") if isinstance(one, dict) else None
        if isinstance(method, dict):
            values = method.get("values", [method.get("value")])
            found.update(value for value in values if isinstance(value, str))
    return found


def _is_open(name: str, may_ask: Collection[str]) -> bool:
    return name != "sub" and name in SCOPE_OF and SCOPE_OF[name] in may_ask
