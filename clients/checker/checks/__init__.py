"""All checks, in the order in which they are tried."""

from ..findings import Check
from . import answers, id_tokens, logouts, outages, sessions, sign_ins

FIRST = frozenset({"page-is-guarded", "sign-in-works"})
"""Without them the others say nothing."""
CHECKS: tuple[Check, ...] = (
    *sign_ins.CHECKS,
    *answers.CHECKS,
    *sessions.CHECKS,
    *id_tokens.CHECKS,
    *logouts.CHECKS,
    # Last: new keys are looked for some time after the keys were read.
    *outages.CHECKS,
)
