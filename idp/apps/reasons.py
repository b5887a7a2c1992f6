"""Why an app asks for what it asks for: one sentence for each scope, for whoever approves it."""

from collections.abc import Mapping

from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.registration.wording import WordingRefused, WordingRule, check

CHARACTERS_AT_MOST = 300
NEEDS_NONE = frozenset({"openid"})
"""Which account it is, and nothing about the person."""


def wanted(metadata: ClientMetadata) -> tuple[str, ...]:
    """The scopes that need a reason, in the order of the registration."""
    return tuple(scope for scope in dict.fromkeys(metadata.scope.split()) if scope not in NEEDS_NONE)


def missing(metadata: ClientMetadata, reasons: Mapping[str, str]) -> tuple[str, ...]:
    """Those of them that have none yet: an app does not go live before it has said why."""
    return tuple(scope for scope in wanted(metadata) if not reasons.get(scope))


def wrong(reason: str) -> WordingRule | None:
    """What is wrong with a reason as it was typed; nothing at all is no reason, and not wrong."""
    if not reason:
        return None
    try:
        check(reason, at_most=CHARACTERS_AT_MOST)
    except WordingRefused as refused:
        return refused.rule
    return None
