"""How a client proves who it is at the token endpoint and its neighbours (RFC 6749 section 2.3)."""

from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from idp.crypto.fields import CannotOpen
from idp.oidc.certificates import certificate_of
from idp.oidc.clients.credentials import assertions, mutual_tls
from idp.oidc.clients.credentials.assertions import Assertions
from idp.oidc.clients.credentials.client_keys import ClientKey, FetchedKeys, id_of
from idp.oidc.clients.credentials.client_secrets import ClientSecret, ClientSecrets
from idp.oidc.clients.credentials.former_secrets import unknown
from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.credentials.kept_secret import KeptSecret
from idp.oidc.clients.credentials.last_used import Note, nothing
from idp.oidc.clients.fields.token import TLS_METHODS
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClient, InvalidRequest
from idp.oidc.facts import OtherMethod, WrongSecret
from idp.oidc.http import Request, form_decoded
from idp.oidc.jose import jws
from idp.oidc.jose.jws import TokenRefused, Unproved

LONG_AGO = datetime.fromtimestamp(0, UTC)
"""When no secret had expired yet."""
MORE_THAN_ONE = "More than one way of client authentication was used."
"""RFC 6749 section 2.3: one method in each request."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request offers, and by which registered method."""

    method: str
    client_id: str
    secret: str = ""
    raw: str = ""
    """The secret as it stood in the header, which is form-encoded there."""
    assertion: Unproved | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Authenticator:
    """What it takes to tell who a request comes from."""

    find: Callable[[str], Client | None]
    secrets: ClientSecrets
    assertions: Assertions
    keys: ClientKeys
    note: Note = nothing
    """Remembers that a secret was used."""
    former: Callable[[str, str], WrongSecret | None] = unknown
    """Which secret of the client's something was (`FormerSecrets.find`)."""

    def authenticate(self, request: Request, *, endpoint: str, now: datetime) -> Client:
        """The client that this request proves to come from. Raises InvalidClient or InvalidRequest.

        `endpoint`: the address that was asked, which an assertion may name as its audience. A wrong
        secret, an unknown client and a method that is not the registered one look and last alike.
        """
        offered = _credentials(request)
        client = self.find(offered.client_id)
        # Whether the request brings a secret decides what is worked out, never whose it would be.
        used = self.secrets.which(client, offered.client_id, offered.secret, now) if offered.secret else None
        wrong = self._nearly(client, offered, now) if used is None else None
        if client is None:
            raise InvalidClient("Client authentication failed.", detail="unknown or suspended client")
        registered = client.metadata.token_endpoint_auth_method
        if registered in TLS_METHODS and offered.method == "none":
            # RFC 8705 section 2: nothing but the client_id is sent, and the connection is the proof.
            mutual_tls.check(client, certificate_of(request), self.keys)
            return client
        if offered.method != registered:
            # OpenID Connect Registration section 2: the one method that the client registered.
            raise InvalidClient(
                "Client authentication failed.",
                detail=f"sent {offered.method}, registered {registered}",
                fact=OtherMethod(offered.method, registered),
            )
        if offered.assertion is not None:
            known = self._known_secrets(client, now)
            secrets = [secret for _, secret in known]
            number = self.assertions.check(client, offered.assertion, secrets, endpoint=endpoint, now=now)
            used = None if number is None else known[number][0]
        elif client.metadata.has_secret and wrong is not None:
            raise InvalidClient(
                "Client authentication failed.", detail=f"wrong secret: {wrong.problem}", fact=wrong
            )
        if used is not None:
            self.note(ClientSecret, used.id, now)
        elif offered.assertion is not None and isinstance(kid := offered.assertion.header.get("kid"), str):
            if client.metadata.jwks is not None:
                self.note(ClientKey, id_of(client.client_id, kid), now)
            elif client.metadata.jwks_uri is not None:
                self.note(FetchedKeys, FetchedKeys.key(client.client_id, kid), now)
        return client

    def _nearly(self, client: Client | None, offered: Credentials, now: datetime) -> WrongSecret:
        """The mistake that makes a wrong secret of the right one, for the doctor: nobody gets in by it.

        Worked out for unknown clients too, or the time that it takes would tell which are known.
        """
        if not offered.secret:
            return WrongSecret("empty")
        expired = self.secrets.which(client, offered.client_id, offered.secret, LONG_AGO)
        mac = self.secrets.mac(offered.client_id, offered.secret)
        former = self.former(mac, "" if expired is None else expired.id)
        if former is not None:
            return former
        if expired is not None:
            return WrongSecret("expired")
        guesses = {"blanks": offered.secret.strip(), "not-encoded": offered.raw}
        with suppress(ValueError):
            guesses["encoded-twice"] = form_decoded(offered.secret)
        for mistake, secret in guesses.items():
            if secret in {"", offered.secret}:
                continue
            if self.secrets.which(client, offered.client_id, secret, now) is not None:
                return WrongSecret(mistake)
        return WrongSecret("unlike")

    def _known_secrets(self, client: Client, now: datetime) -> tuple[tuple[KeptSecret, bytes], ...]:
        """That its MACs may be made with. Raises InvalidClient."""
        try:
            return self.secrets.opened(client, now) if client.metadata.secret_is_known else ()
        except CannotOpen as problem:
            raise InvalidClient("Client authentication failed.", detail=f"secret: {problem}") from None


def _credentials(request: Request) -> Credentials:
    header = request.headers.get("authorization")
    posted = request.form.get("client_id")
    secret = request.form.get("client_secret")
    if _has_assertion(request):
        if header is not None or secret is not None:
            raise InvalidRequest(MORE_THAN_ONE)
        return _assertion(request, posted)
    if header is None:
        if posted is None:
            raise InvalidClient("No client authentication was sent.")
        return Credentials("none" if secret is None else "client_secret_post", posted, secret or "")
    if secret is not None:
        raise InvalidRequest(MORE_THAN_ONE)
    offered = _basic(header)
    if posted is not None and posted != offered.client_id:
        raise InvalidRequest("client_id differs from the authenticated client.")
    return offered


def _has_assertion(request: Request) -> bool:
    return "client_assertion" in request.form or "client_assertion_type" in request.form


def _assertion(request: Request, posted: str | None) -> Credentials:
    """RFC 7521 section 4.2: client_id may be left out, since the assertion names the client."""
    if request.form.get("client_assertion_type") != assertions.TYPE:
        raise InvalidRequest("client_assertion_type is missing, or not one that is supported.")
    try:
        assertion = jws.unproved(request.form.get("client_assertion") or "")
    except TokenRefused as refused:
        raise InvalidClient(
            "Client authentication failed.", detail=f"client_assertion: {refused}", fact=refused.fact
        ) from None
    subject, method = assertions.said_by(assertion)
    if subject is None:
        raise InvalidClient("Client authentication failed.", detail="client_assertion: sub is no text")
    if posted is not None and posted != subject:
        raise InvalidClient(
            "Client authentication failed.", detail="client_id differs from the assertion's sub"
        )
    return Credentials(method, subject, assertion=assertion)


def _basic(header: str) -> Credentials:
    """RFC 6749 section 2.3.1: id and secret are form-encoded each, then joined as RFC 7617 says."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("The Authorization header is not of the Basic scheme.")
    try:
        client_id, colon, secret = b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")
        offered = Credentials("client_secret_basic", form_decoded(client_id), form_decoded(secret), secret)
    except ValueError:
        raise InvalidClient("The Authorization header cannot be read.") from None
    if not colon:
        raise InvalidClient("The Authorization header cannot be read.")
    return offered
