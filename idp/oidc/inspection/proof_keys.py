"""What is wrong with a `code_challenge` or a `code_verifier` (RFC 7636), in a word: neither value is kept."""

import re
from hashlib import sha256

from idp.crypto.digests import base64url, same
from idp.oidc.facts import Misshapen

HEX = re.compile(r"[0-9a-fA-F]{64}")
STANDARD = re.compile(r"[A-Za-z0-9+/_-]{43}=|(?=.*[+/])[A-Za-z0-9+/]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]*")
VERIFIER_CHARACTERS = range(43, 129)
DOUBLED = re.compile(r"[A-Za-z0-9_-]{86}")
"""The base64url of 64 characters: of a digest that was written as hexadecimal digits before."""


def challenge(value: str) -> Misshapen:
    """Of one that is not 43 characters of base64url (section 4.2)."""
    if not value:
        problem = "empty"
    elif value != value.strip():
        problem = "blanks"
    elif HEX.fullmatch(value):
        problem = "hex"
    elif STANDARD.fullmatch(value):
        problem = "base64"
    elif DOUBLED.fullmatch(value):
        problem = "hex-in-base64url"
    else:
        problem = "other"
    return Misshapen("code_challenge", problem, len(value))


def verifier(value: str | None, challenge: str) -> Misshapen:
    """Of one that is malformed (section 4.1), or does not lead to the challenge (section 4.6)."""
    return Misshapen("code_verifier", _problem(value, challenge), len(value or ""))


def _problem(value: str | None, challenge: str) -> str:
    if value is None:
        return "missing"
    if value and value != value.strip():
        return "blanks"
    if same(challenge, value):
        # Section 4.2: what `plain` would be. The method said S256.
        return "is-the-challenge"
    if not VERIFIER.fullmatch(value):
        return "characters"
    if len(value) not in VERIFIER_CHARACTERS:
        return "too-short" if len(value) < VERIFIER_CHARACTERS.start else "too-long"
    digest = sha256(value.encode("ascii")).digest()
    if same(challenge, base64url(sha256(digest).digest())) or same(
        challenge, base64url(sha256(base64url(digest).encode()).digest())
    ):
        return "hashed-twice"
    if same(challenge, base64url(sha256(digest.hex().encode()).digest())):
        return "hashed-twice"
    if same(base64url(sha256(challenge.encode()).digest()), value):
        return "exchanged"
    return "another"
