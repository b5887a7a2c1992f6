"""Why an app asks for what it asks for: one sentence for each scope, for whoever approves it.

Where a scope tells several things about somebody, each of them may have a sentence of its own: the claims
that come with the scope, and those that the app may ask for by name (OpenID Connect Core 1.0 section 5.5).
Who has said why of each that comes with it has said why of the scope.
"""

from collections.abc import Mapping
from typing import Any, Final

from idp.oidc.claims.catalogue import BY_NAME, RELEASES
from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.registration.wording import WordingRefused, WordingRule, check

CHARACTERS_AT_MOST = 300
NEEDS_NONE = frozenset({"openid"})
"""Which account it is, and nothing about the person."""
ACCOMPANY: Final = frozenset({"email_verified", "phone_number_verified", "resident_number_type"})
"""Claims that say something about another one alone."""
BETWEEN: Final = "/"
"""Of a scope and its claim, in the name of the claim's reason; neither of ours has one."""


def claims_of(scope: str) -> tuple[str, ...]:
    """The claims of a scope that tells several things; none of others."""
    there = (*RELEASES.get(scope, ()), *BY_NAME.get(scope, ()))
    found = tuple(claim for claim in there if claim not in ACCOMPANY)
    return found if len(found) > 1 else ()


def named(scope: str, claim: str) -> str:
    """What the reason of a claim is called among the reasons."""
    return f"{scope}{BETWEEN}{claim}"


def names_of(scope: str) -> tuple[str, ...]:
    """The names of all reasons that a scope may have, its own first."""
    return (scope, *(named(scope, claim) for claim in claims_of(scope)))


def wanted(metadata: ClientMetadata) -> tuple[str, ...]:
    """The scopes that need a reason, in the order of the registration."""
    return tuple(scope for scope in dict.fromkeys(metadata.scope.split()) if scope not in NEEDS_NONE)


def is_given(scope: str, reasons: Mapping[str, str]) -> bool:
    """By a sentence for the scope, or by one for each claim that comes with it."""
    if reasons.get(scope):
        return True
    with_it = [claim for claim in claims_of(scope) if claim in RELEASES.get(scope, ())]
    return bool(with_it) and all(reasons.get(named(scope, claim)) for claim in with_it)


def missing(metadata: ClientMetadata, reasons: Mapping[str, str]) -> tuple[str, ...]:
    """Those of them that have none yet: an app does not go live before it has said why."""
    return tuple(scope for scope in wanted(metadata) if not is_given(scope, reasons))


def of_asked(scope: str, reasons: Mapping[str, str]) -> dict[str, str]:
    """Reasons are kept of what is asked for. `scope`: as the registration has it."""
    asked = {name for one in scope.split() for name in names_of(one)}
    return {name: reason for name, reason in reasons.items() if name in asked}


def of_claims(scope: str, reasons: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Each claim of a scope that has a reason of its own, with it."""
    found = ((claim, str(reasons.get(named(scope, claim), ""))) for claim in claims_of(scope))
    return tuple((claim, reason) for claim, reason in found if reason)


def wrong(reason: str) -> WordingRule | None:
    """What is wrong with a reason as it was typed; nothing at all is no reason, and not wrong."""
    if not reason:
        return None
    try:
        check(reason, at_most=CHARACTERS_AT_MOST)
    except WordingRefused as refused:
        return refused.rule
    return None
