"""Where an authorization request comes from: the address, a form, a request object, given or fetched, or
pushed before.

Whatever it comes from, the same checks follow.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime

from idp.crypto.digests import digest, new_secret
from idp.oidc import errors
from idp.oidc.authorize import request_object
from idp.oidc.clients.metadata import Client
from idp.oidc.facts import Late
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider

URN = "urn:ietf:params:oauth:request_uri:"
"""RFC 9126 section 2.2."""
NOT_THERE = "The request_uri has expired, was used, or is another client's."
MADE = re.compile(r"[0-9a-f]{8,10}")
"""When, in seconds since 1970."""
MUST_PUSH = "The client has to push its requests (RFC 9126)."


@dataclass(frozen=True, slots=True)
class Source:
    """The parameters that count. `pushed`: by which id they were pushed, to be used once."""

    parameters: Parameters
    pushed: str | None = None
    is_signed: bool = False


def resolved(provider: Provider, client: Client, given: Parameters, now: datetime, *, address: str) -> Source:
    """`address`: of the browser. Raises InvalidRequest, InvalidRequestObject, InvalidRequestUri."""
    request_uri = given.get("request_uri")
    if request_uri is None:
        found = _with_object(provider, client, given, now)
    elif "request" in given or {"request", "request_uri"} & set(given.repeated):
        # RFC 9101 section 5
        raise errors.InvalidRequest("request and request_uri do not go together, and come once.")
    elif request_uri.startswith(URN):
        found = _recalled(provider, client, request_uri, now)
    elif client.metadata.pushes_always:
        raise errors.InvalidRequest(MUST_PUSH)
    else:
        text = provider.request_uris.fetched(client, request_uri, address)
        found = _opened(provider, client, text, now)
    if client.metadata.pushes_always and found.pushed is None:
        raise errors.InvalidRequest(MUST_PUSH)
    return found


def pushed(provider: Provider, client: Client, given: Parameters, now: datetime) -> Source:
    """The same for a request that is being pushed. Raises InvalidRequest, InvalidRequestObject."""
    return _with_object(provider, client, given, now)


def keep(provider: Provider, client: Client, found: Source, now: datetime) -> str:
    """The request_uri of a request that was pushed, and checked. Sealed: it may hold somebody's number, and
    what came encrypted stays so. When it was made stands in it, so that who comes late can be told so."""
    secret = f"{new_secret()}.{int(now.timestamp()):x}"
    key = _key(digest(secret))
    value = {
        "client_id": client.client_id,
        "parameters": dict(found.parameters.values),
        "is_signed": found.is_signed,
    }
    seconds = provider.protocol.request_uri_seconds
    provider.store.put(key, provider.cipher.seal(json.dumps(value), context=key), seconds=seconds)
    return URN + secret


def use_up(provider: Provider, pushed: str) -> bool:
    """False when another sign-in was answered by it before (RFC 9126 section 7.3).

    Loading the page again does not use it up, but being answered does.
    """
    protocol = provider.protocol
    seconds = protocol.request_uri_seconds + protocol.interaction_seconds
    if not provider.store.add_once(f"pushed-used:{pushed}", b"", seconds=seconds):
        return False
    provider.store.delete(_key(pushed))
    return True


def _with_object(provider: Provider, client: Client, given: Parameters, now: datetime) -> Source:
    text = given.get("request")
    if text is None:
        if client.metadata.signs_always:
            raise errors.InvalidRequest("The client has to sign its requests (RFC 9101).")
        return Source(given)
    if "request" in given.repeated:
        raise errors.InvalidRequest("A parameter comes more than once.", detail="request")
    return _opened(provider, client, text, now)


def _opened(provider: Provider, client: Client, text: str, now: datetime) -> Source:
    parameters = request_object.opened(provider, client, text, now)
    return Source(
        replace(parameters, values={**parameters.values, "client_id": (client.client_id,)}), is_signed=True
    )


def _recalled(provider: Provider, client: Client, request_uri: str, now: datetime) -> Source:
    pushed = digest(request_uri.removeprefix(URN))
    key = _key(pushed)
    found = provider.store.get(key)
    value = None if found is None else json.loads(provider.cipher.open(found, context=key))
    if value is None:
        late = _late(provider, request_uri, now)
        detail = "used before" if late is None else "expired"
        raise errors.InvalidRequestUri(NOT_THERE, detail=detail, fact=late)
    if value["client_id"] != client.client_id:
        raise errors.InvalidRequestUri(NOT_THERE, detail="pushed by another client")
    parameters = Parameters({name: tuple(values) for name, values in value["parameters"].items()})
    return Source(parameters, pushed, value["is_signed"])


def _late(provider: Provider, request_uri: str, now: datetime) -> Late | None:
    """By what the address says of itself, which nobody has to believe; None: its time is not over."""
    made = MADE.fullmatch(request_uri.rpartition(".")[2])
    seconds = provider.protocol.request_uri_seconds
    late = 0 if made is None else int(now.timestamp()) - int(made[0], 16) - seconds
    return Late("request_uri", late, seconds) if late >= 0 and made is not None else None


def _key(pushed: str) -> str:
    return f"pushed:{pushed}"
