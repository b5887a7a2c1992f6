"""Request objects behind an address of the client's (RFC 9101 section 5.2, Core 1.0 section 6.2).

A stranger's browser decides when we fetch, so we fetch from nowhere but where the registration says that
this client's objects lie; seldom, a few at a time, and through the client that refuses private networks.
What comes is looked at like any other request object: the signature counts, not the place.
"""

from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Protocol

from idp.crypto.digests import base64url, same
from idp.oidc.authorize.slots import Busy, Slots
from idp.oidc.clients.fields.request_object import SHA256
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidRequestObject, InvalidRequestUri
from idp.oidc.keys.decryption import CHARACTERS_AT_MOST
from idp.outbound import Answer
from idp.storage.throttle import Throttle

MEDIA_TYPES = ("application/oauth-authz-req+jwt", "application/jwt")
"""RFC 9101 section 5.2.3; the second is what servers of files say that know JWTs in general."""
SECONDS = 3.0
"""A person waits meanwhile."""
MINUTE = 60
SHARES = 4
"""Of what a client may be asked in a minute, one address gets such a part."""
KEPT_AT_MOST = 200


class Get(Protocol):
    """The guarded client's. Raises OSError."""

    def __call__(
        self, url: str, *, headers: Mapping[str, str] | None = None, timeout_seconds: float | None = None
    ) -> Answer: ...


class RequestUris:
    """Fetches request objects. An address with a fragment says what lies there, and is asked once."""

    def __init__(self, get: Get, throttle: Throttle, *, per_minute: int) -> None:
        """`per_minute`: fetches for one client, over all processes."""
        self._get = get
        self._throttle = throttle
        self._per_minute = per_minute
        self._slots = Slots()
        self._kept: dict[str, str] = {}

    def fetched(self, client: Client, uri: str, address: str) -> str:
        """The object, unproved. `address`: of the browser. Raises InvalidRequestUri, InvalidRequestObject."""
        bare, hashed, fragment = uri.partition("#")
        # RFC 9101 section 10.4.1: never an address that somebody else chose.
        if bare not in {one.partition("#")[0] for one in client.metadata.request_uris}:
            raise InvalidRequestUri("The request_uri is not registered for this client.")
        if hashed and not SHA256.fullmatch(fragment):
            raise InvalidRequestUri("The fragment of the request_uri is not a SHA-256 digest.")
        known = self._kept.get(fragment)
        if known is not None:
            return known
        self._check_rate(client, address)
        body = self._body(client, bare)
        # OpenID Connect Core 1.0 section 6.2
        if hashed and not same(base64url(sha256(body).digest()), fragment):
            raise InvalidRequestUri("What lies behind the request_uri is not what its fragment says.")
        text = _text(body)
        if hashed:
            if len(self._kept) >= KEPT_AT_MOST:
                self._kept.clear()
            self._kept[fragment] = text
        return text

    def _check_rate(self, client: Client, address: str) -> None:
        """One address gets a share: who opens the link without end keeps no others out."""
        what = f"request_uri {client.client_id}"
        share = max(1, self._per_minute // SHARES)
        if not self._throttle.allow_from(address, what, share, MINUTE) or not self._throttle.allow(
            what, self._per_minute, MINUTE
        ):
            raise InvalidRequestUri("The request_uri was fetched too often; try again in a minute.")

    def _body(self, client: Client, uri: str) -> bytes:
        try:
            with self._slots.taken(client.client_id):
                answer = self._get(uri, headers={"accept": ", ".join(MEDIA_TYPES)}, timeout_seconds=SECONDS)
        except Busy:
            raise InvalidRequestUri(
                "The request_uri cannot be fetched now.", detail="too many at once"
            ) from None
        except OSError as error:
            raise InvalidRequestUri("The request_uri cannot be fetched.", detail=str(error)) from None
        if answer.status != HTTPStatus.OK:
            detail = f"status {answer.status}"
            raise InvalidRequestUri("The request_uri does not answer with a request object.", detail=detail)
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            # Whatever else lies there, by mistake or by somebody's upload, was not meant to be a request.
            raise InvalidRequestUri(f"The request_uri must answer with {MEDIA_TYPES[0]}.")
        return answer.body


def _text(body: bytes) -> str:
    if len(body) > CHARACTERS_AT_MOST or not body.isascii():
        raise InvalidRequestObject("The request object is not valid.", detail="too long, or no JWT")
    return body.decode("ascii").strip()
