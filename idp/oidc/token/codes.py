"""Authorization codes: single use, sixty seconds, bound to client, redirect_uri and code_verifier.

A grant's id follows from its code, HMAC(key, code): when a code comes a second time, its grant is
found and ended without anything having been kept for that case (RFC 6749 section 4.1.2).
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from idp.crypto.digests import base64url, digest, keyed, new_secret, same
from idp.oidc.errors import InvalidGrant
from idp.oidc.facts import Differs, Late
from idp.oidc.inspection import proof_keys
from idp.oidc.inspection.redaction import address
from idp.oidc.token import live_grants
from idp.oidc.token.live_grants import LiveGrant
from idp.storage.ephemeral import EphemeralStore

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""RFC 7636 section 4.1."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a code stands for: what was asked, by whom, and who the person is to that client."""

    client_id: str
    redirect_uri: str
    code_challenge: str | None
    nonce: str | None
    scopes: tuple[str, ...]
    person_id: str
    consent_id: str
    session_id: str
    """The session's own id, which no client learns."""
    sub: str
    sid: str
    auth_time: int
    acr: str
    amr: tuple[str, ...]
    claims: str = ""
    """The `claims` parameter, sealed: what of it may go out is decided when it does."""
    resources: tuple[str, ...] = ()
    """Where its access tokens are to be used (RFC 8707)."""
    dpop_jkt: str | None = None
    """Whose code it is by the authorization request (RFC 9449 section 10)."""
    details: str = ""
    """The authorization details (RFC 9396), sealed."""
    mandate_id: str | None = None
    """For whom the person acts: the mandate on whose strength they do. None: as themselves. It stands only as
    long as that does (`claims.release`)."""
    issued_at: int = 0
    """Seconds since 1970."""


ENDS = "ends"
KNOWN_SECONDS = 300
"""For so long a code that nobody redeemed is told from one that was used: it came late, nobody stole it."""
NAMES = tuple(field.name for field in fields(Authorization))


@dataclass(frozen=True, slots=True)
class Presented:
    """What a token request brings with a code."""

    client_id: str
    redirect_uri: str | None
    code_verifier: str | None
    jkt: str | None = None
    """Of the DPoP proof that came along."""


Check = Callable[[Authorization, Presented], None]


class Spent(InvalidGrant):
    """No such code, or not any more."""

    def __init__(self, grant_id: str, *, was_live: bool) -> None:
        detail = "replayed: its grant was ended" if was_live else "unknown, expired or used"
        super().__init__("The code is not valid.", detail=detail)
        self.grant_id = grant_id
        self.was_live = was_live
        """It was used a moment ago; its tokens have been ended by this."""


def issue(
    store: EphemeralStore, key: bytes, authorization: Authorization, *, seconds: int, token_seconds: int
) -> tuple[str, str]:
    """A new code and its grant's id. The grant is there before the code, and as long as any token of it."""
    code = new_secret()
    grant_id = grant_id_of(key, code)
    ends = authorization.issued_at + seconds
    value = {**{name: getattr(authorization, name) for name in NAMES}, ENDS: ends}
    store.put_all(
        live_grants.entry(grant_id, live_grant_of(authorization), seconds=seconds + token_seconds),
        (_key(code), json.dumps(value).encode(), seconds + KNOWN_SECONDS),
    )
    return code, grant_id


def live_grant_of(authorization: Authorization) -> LiveGrant:
    return LiveGrant(
        authorization.person_id,
        authorization.consent_id,
        authorization.session_id,
        authorization.claims,
        authorization.nonce,
        authorization.mandate_id,
    )


def redeem(
    store: EphemeralStore, key: bytes, code: str, presented: Presented, now: datetime
) -> tuple[Authorization, str]:
    """What the code stands for, and its grant's id. Raises InvalidGrant, Spent.

    Taken before everything else: a lost code beats a doubled one. One that fails a check is spent.
    """
    taken = store.take(_key(code))
    grant_id = grant_id_of(key, code)
    if taken is None:
        raise Spent(grant_id, was_live=live_grants.end(store, grant_id))
    value = json.loads(taken)
    ends = value.pop(ENDS)
    authorization = authorization_of(value)
    try:
        _check_time(authorization, ends, now)
        for check in CHECKS:
            check(authorization, presented)
    except InvalidGrant:
        live_grants.end(store, grant_id)
        raise
    return authorization, grant_id


def _check_time(authorization: Authorization, ends: int, now: datetime) -> None:
    # RFC 6749 section 4.1.2
    late = int(now.timestamp()) - ends
    if late >= 0:
        raise InvalidGrant(
            "The code is not valid.",
            detail="expired",
            fact=Late("code", late, ends - authorization.issued_at),
        )


def client_is_the_same(authorization: Authorization, presented: Presented) -> None:
    # RFC 6749 section 4.1.3
    if authorization.client_id != presented.client_id:
        raise InvalidGrant("The code is not valid.", detail="issued to another client")


def redirect_uri_is_the_same(authorization: Authorization, presented: Presented) -> None:
    # RFC 6749 section 4.1.3
    if authorization.redirect_uri != presented.redirect_uri:
        given = "" if presented.redirect_uri is None else address(presented.redirect_uri)
        raise InvalidGrant(
            "redirect_uri differs from the authorization request.",
            fact=Differs("redirect_uri", given, (address(authorization.redirect_uri),)),
        )


def verifier_matches(authorization: Authorization, presented: Presented) -> None:
    """RFC 7636 section 4.6; a verifier without a challenge is a downgrade (RFC 9700 section 4.8.2)."""
    challenge, verifier = authorization.code_challenge, presented.code_verifier
    if challenge is None:
        if verifier is not None:
            raise InvalidGrant("code_verifier without code_challenge.", detail="downgrade")
        return
    if verifier is None or not VERIFIER.fullmatch(verifier):
        raise InvalidGrant(
            "code_verifier is missing or malformed.", fact=proof_keys.verifier(verifier, challenge)
        )
    if not same(challenge, base64url(sha256(verifier.encode("ascii")).digest())):
        raise InvalidGrant(
            "code_verifier does not match code_challenge.", fact=proof_keys.verifier(verifier, challenge)
        )


def key_is_the_announced(authorization: Authorization, presented: Presented) -> None:
    # RFC 9449 section 10
    if authorization.dpop_jkt is not None and authorization.dpop_jkt != presented.jkt:
        raise InvalidGrant(
            "The code is bound to another DPoP key.",
            fact=Differs("dpop_jkt", presented.jkt or "", (authorization.dpop_jkt,)),
        )


CHECKS: tuple[Check, ...] = (
    client_is_the_same,
    redirect_uri_is_the_same,
    verifier_matches,
    key_is_the_announced,
)


def grant_id_of(key: bytes, code: str) -> str:
    return keyed(key, "grant", code)


def _key(code: str) -> str:
    return f"code:{digest(code)}"


TUPLES = ("scopes", "amr", "resources")


def authorization_of(value: Mapping[str, Any]) -> Authorization:
    """Inverse of what `issue` keeps."""
    found = dict(value)
    for name in TUPLES:
        found[name] = tuple(found.get(name, ()))
    return Authorization(**found)
