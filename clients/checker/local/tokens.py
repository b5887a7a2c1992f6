"""What is told of the person, rightly or with one lie."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from ..lies import Lie, LogoutLie
from .keys import Keys

SUB = "a-citizen-of-the-checker"
ACR = "urn:yitong:acr:"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
OTHER = "another-client-of-this-provider"
OTHER_ISSUER = "https://another-issuer.example"
LIFETIME_SECONDS = 600
HOUR = 3600
Claims = dict[str, Any]
PERSON: Mapping[str, Claims] = {
    "profile": {"name": "张三", "birthdate": "1990-03-07", "gender": "male"},
    "email": {"email": "zhangsan@citizen.example", "email_verified": True},
    "phone": {"phone_number": "+8613800000000", "phone_number_verified": True},
    "resident_number": {"resident_number": "11010119900307803X", "resident_number_type": "resident"},
}
"""By scope. Nobody real: the number is an example of GB 11643."""


@dataclass(frozen=True)
class SignedIn:
    """One sign-in, as it was asked for."""

    client_id: str
    asked: Mapping[str, str]
    sid: str
    at: int


def id_token(
    keys: Keys, issuer: str, found: SignedIn, access_token: str, lie: Lie | None, client_secret: str
) -> str:
    claims: Claims = {
        "iss": issuer,
        "aud": found.client_id,
        "sub": SUB,
        "sid": found.sid,
        "iat": found.at,
        "exp": found.at + LIFETIME_SECONDS,
        "auth_time": found.at,
        "acr": f"{ACR}{_level(found.asked)}",
        "amr": ["pwd"],
        "at_hash": keys.half_hash(access_token),
    }
    if "nonce" in found.asked:
        claims["nonce"] = found.asked["nonce"]
    claims.update(_twisted(found, lie, keys))
    claims = {name: said for name, said in claims.items() if said is not None}
    match lie:
        case Lie.UNSIGNED:
            return keys.unsigned(claims)
        case Lie.BAD_SIGNATURE:
            return keys.with_a_bad_signature(claims)
        case Lie.OTHER_KEY:
            return keys.by_another_key(claims)
        case Lie.MAC_WITH_PUBLIC_KEY:
            return keys.with_a_mac(claims, keys.public_key_as_text())
        case Lie.MAC_WITH_CLIENT_SECRET:
            return keys.with_a_mac(claims, client_secret.encode())
    return keys.signed(claims)


def logout_token(keys: Keys, issuer: str, found: SignedIn, lie: LogoutLie, now: int) -> str:
    claims: Claims = {
        "iss": OTHER_ISSUER if lie is LogoutLie.WRONG_ISS else issuer,
        "aud": OTHER if lie is LogoutLie.WRONG_AUD else found.client_id,
        "iat": now,
        "exp": now + 120,
        "jti": token_urlsafe(),
        "sub": SUB,
        "events": {EVENT: {}},
        "sid": found.sid,
    }
    if lie is LogoutLie.SUB_ALONE:
        del claims["sid"]
    if lie is LogoutLie.EXPIRED:
        claims |= {"iat": now - HOUR, "exp": now - HOUR + 120}
    if lie is LogoutLie.NO_EVENTS:
        del claims["events"]
    if lie is LogoutLie.WITH_NONCE:
        claims["nonce"] = found.asked.get("nonce", token_urlsafe())
    if lie is LogoutLie.UNSIGNED:
        return keys.unsigned(claims, typ="logout+jwt")
    if lie is LogoutLie.BAD_SIGNATURE:
        return keys.with_a_bad_signature(claims, typ="logout+jwt")
    return keys.signed(claims, typ="logout+jwt")


def userinfo(found: SignedIn, lie: Lie | None) -> Claims:
    scopes = found.asked.get("scope", "").split()
    told: Claims = {"sub": "somebody-else" if lie is Lie.OTHER_SUB_AT_USERINFO else SUB}
    for scope in scopes:
        told |= PERSON.get(scope, {})
    return told


def unverified(token: str) -> Claims:
    """What a request object says: whoever is checked here is the only one who asks."""
    body = token.split(".")[1]
    found = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return {name: said for name, said in found.items() if isinstance(said, str)}


def _twisted(found: SignedIn, lie: Lie | None, keys: Keys) -> Claims:
    match lie:
        case Lie.EXPIRED:
            return {"iat": found.at - HOUR, "auth_time": found.at - HOUR, "exp": found.at - HOUR + 600}
        case Lie.FROM_THE_FUTURE:
            return {"iat": found.at + HOUR, "nbf": found.at + HOUR, "exp": found.at + 2 * HOUR}
        case Lie.WRONG_ISS:
            return {"iss": OTHER_ISSUER}
        case Lie.WRONG_AUD:
            return {"aud": OTHER}
        case Lie.EXTRA_AUD:
            return {"aud": [found.client_id, OTHER]}
        case Lie.WRONG_NONCE:
            return {"nonce": token_urlsafe()}
        case Lie.NO_NONCE:
            return {"nonce": None}
        case Lie.LOWER_ACR:
            return {"acr": f"{ACR}{max(0, _level(found.asked) - 1)}"}
        case Lie.WRONG_AT_HASH:
            return {"at_hash": keys.half_hash("another access token")}
    return {}


def _level(asked: Mapping[str, str]) -> int:
    levels = [
        int(one[-1]) for one in asked.get("acr_values", "").split() if one[:-1] == ACR and one[-1].isdigit()
    ]
    return min(levels, default=2)
