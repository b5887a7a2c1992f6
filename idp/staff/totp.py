"""One-time passwords of an authenticator app: RFC 6238 over HOTP (RFC 4226), HMAC-SHA-1, 6 digits, 30 s.

These parameters are the ones that every app has; some ignore all others that the address names.
"""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote, urlencode

SECRET_BYTES = 20
"""RFC 4226 section 4, R6: 160 bits are recommended."""
STEP_SECONDS = 30
DIGITS = 6
STEPS_ASIDE = 1
"""RFC 6238 section 5.2: one step back for the way of the code; one ahead for a clock that is fast."""
TYPED_AT_MOST = 32


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int) -> str:
    """RFC 4226 section 5.3."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    truncated = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{truncated % 10**DIGITS:0{DIGITS}d}"


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def step_of(secret: bytes, typed: str, now: datetime, *, last: int | None) -> int | None:
    """The time step whose code was typed; None when it is none of those that count now.

    RFC 6238 section 5.2: a code is taken once. `last`: the step of the one taken last; whoever takes this one
    has to write it down in the same statement that makes sure that nobody has.
    """
    digits = _digits(typed)
    found = None
    for aside in range(-STEPS_ASIDE, STEPS_ASIDE + 1):
        step = step_at(now) + aside
        # All are compared, so that the time does not tell which one it was.
        if compare_digest(code_at(secret, step), digits) and (last is None or step > last):
            found = step
    return found


def address(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code holds: the key URI format that authenticator apps read."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?" + urlencode(
        {
            "secret": shown(secret),
            "issuer": issuer,
            "algorithm": "SHA1",
            "digits": DIGITS,
            "period": STEP_SECONDS,
        }
    )


def shown(secret: bytes) -> str:
    """For who cannot scan it: base 32 (RFC 4648 section 6) without padding."""
    return b32encode(secret).decode("ascii").rstrip("=")


def _digits(typed: str) -> str:
    """Full-width digits, and the blank that apps show in the middle."""
    return "".join(str(int(c)) for c in typed[:TYPED_AT_MOST] if c.isdecimal())
