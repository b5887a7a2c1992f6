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
    """From here on other servers are asked, which nothing may cause that has not passed all before it."""
    REGISTER = "register"


class LicenceRefused(Exception):
    """The only error that anything a business hands over can cause.

    The text is for operators and developers. It never quotes the subject: names and numbers stay out of logs.
    """

    def __init__(self, rule: Rule, reason: str) -> None:
        super().__init__(f"{rule}: {reason}")
        self.rule = rule
        self.reason = reason
