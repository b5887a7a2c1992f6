"""Why a licence is not taken: the rule that refused it, and what exactly was wrong."""

from enum import StrEnum


class Rule(StrEnum):
    """In the order in which they are asked."""

    READABLE = "readable"
    ALGORITHM = "algorithm"
    PATH = "path"
    SIGNATURES = "signatures"
    VALIDITY = "validity"
    AUTHORITIES = "authorities"
    EXTENSIONS = "extensions"
    PURPOSE = "purpose"
    SANDBOX = "sandbox"
    SUBJECT = "subject"
    CHALLENGE = "challenge"
    SIGNATURE = "signature"
    REVOCATION = "revocation"
    """Nobody can say whether it was taken back. From here on other servers are asked, which nothing may cause
    that has not passed all before it."""
    REVOKED = "revoked"
    REGISTER = "register"
    """It cannot be asked now."""
    ORGANISATION = "organisation"
    """The register does not know it, or as one that is not active."""
    HOLDER = "holder"
    """Not, or no longer, one who may hold the organisation's licence."""


class LicenceRefused(Exception):
    """The only error that anything a business hands over can cause.

    The text is for operators and developers. It never quotes the subject: names and numbers stay out of logs.
    """

    def __init__(self, rule: Rule, reason: str) -> None:
        super().__init__(f"{rule}: {reason}")
        self.rule = rule
        self.reason = reason
