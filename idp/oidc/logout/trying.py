"""A logout token of a made-up session, sent to a client as real ones are, and what its answer says of it.

OpenID Connect Back-Channel Logout 1.0. The token is whole and signed, but its `sub` and `sid` are nobody's:
an app that takes it in ends no session and answers 200, as section 2.7 wants. Of the answer are told its
status and its time, never the body.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from idp.crypto.digests import new_secret
from idp.oidc.clients.credentials.sealing import sealed
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClientMetadata
from idp.oidc.http import FORM
from idp.oidc.keys.jwt import LOGOUT_TOKEN
from idp.oidc.logout.back_channel import logout_claims
from idp.oidc.notice_sending import DONE, Post
from idp.oidc.provider import Provider
from idp.outbound import AddressRefused, OutboundFailed, TimedOut, Unreachable
from idp.session_clients import Notice


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """400: the app found something wrong with the token."""
    NOT_THERE = "not-there"
    """404 or 405: the app has no such endpoint, or not for POST."""
    NOT_ALLOWED = "not-allowed"
    """401 or 403: something in front of the app wants a sign-in or a token of its own (CSRF)."""
    MOVED = "moved"
    BROKEN = "broken"
    """5xx."""
    OTHER = "other"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    ADDRESS_REFUSED = "address-refused"
    """Not an address that the provider asks: a private network, or not allowed."""
    ANSWER_REFUSED = "answer-refused"
    NO_KEY = "no-key"
    """id_tokens are encrypted for the client, and it has no key that fits."""


OF_STATUS: Mapping[int, Outcome] = {
    HTTPStatus.BAD_REQUEST: Outcome.REFUSED,
    HTTPStatus.NOT_FOUND: Outcome.NOT_THERE,
    HTTPStatus.METHOD_NOT_ALLOWED: Outcome.NOT_THERE,
    HTTPStatus.UNAUTHORIZED: Outcome.NOT_ALLOWED,
    HTTPStatus.FORBIDDEN: Outcome.NOT_ALLOWED,
}


@dataclass(frozen=True, slots=True)
class Tried:
    outcome: Outcome
    status: int | None
    milliseconds: int
    claims: dict[str, Any]
    """Of the token that was sent."""
    keeps: bool = False
    """The answer may be kept by caches on the way (section 2.8 wants `no-store`)."""


def tried(
    provider: Provider, client: Client, post: Post, *, now: datetime, seconds: Callable[[], float]
) -> Tried:
    """`seconds`: of a clock that only goes forward. The client has a backchannel_logout_uri."""
    uri = client.metadata.backchannel_logout_uri
    assert uri is not None
    made_up = Notice(client.client_id, new_secret(16), f"nobody-{new_secret(16)}")
    claims = logout_claims(provider.issuer, client, made_up, provider.pairwise_key, now)
    signer = provider.keys.current().signer(client.metadata.id_token_signed_response_alg, now)
    token = signer.sign(claims, typ=LOGOUT_TOKEN)
    try:
        token = sealed(provider.client_keys, client, token, client.metadata.id_token_encryption)
    except InvalidClientMetadata:
        return Tried(Outcome.NO_KEY, None, 0, claims)
    began = seconds()

    def told(outcome: Outcome, status: int | None = None, *, keeps: bool = False) -> Tried:
        return Tried(outcome, status, round((seconds() - began) * 1000), claims, keeps)

    try:
        answer = post(uri, urlencode({"logout_token": token}).encode("ascii"), {"content-type": FORM})
    except OutboundFailed as failure:
        return told(_failure(failure))
    keeps = "no-store" not in answer.headers.get("cache-control", "").lower()
    return told(_outcome(answer.status), answer.status, keeps=keeps)


def _outcome(status: int) -> Outcome:
    if status in DONE:
        return Outcome.ACCEPTED
    found = OF_STATUS.get(status)
    if found is not None:
        return found
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Outcome.MOVED
    return Outcome.BROKEN if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Outcome.OTHER


def _failure(failure: OutboundFailed) -> Outcome:
    match failure:
        case AddressRefused():
            return Outcome.ADDRESS_REFUSED
        case TimedOut():
            return Outcome.TIMED_OUT
        case Unreachable():
            return Outcome.UNREACHABLE
        case _:
            return Outcome.ANSWER_REFUSED
