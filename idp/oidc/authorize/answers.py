"""What goes back to the client's redirect_uri: a code, or an error, in the response mode asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from idp.oidc.clients.credentials.sealing import sealed
from idp.oidc.clients.fields.request import DEFAULT_MODE
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Response, answer_redirect
from idp.oidc.keys.jwt import AUTHORIZATION_RESPONSE
from idp.oidc.provider import Provider


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """Where an answer goes, how, and what the client knows it by."""

    redirect_uri: str
    response_mode: str
    state: str | None


@dataclass(frozen=True, slots=True)
class FormPost:
    """An answer that a page has to post, since it goes neither into an address nor into a log."""

    action: str
    fields: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...] = ()


Answer = Response | FormPost


def answer(
    provider: Provider,
    client: Client,
    to: ReturnAddress,
    fields: Mapping[str, str],
    now: datetime,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """RFC 6749 sections 4.1.2 and 4.1.2.1, with `iss` against mix-up (RFC 9207 section 2).

    `headers`: what else the browser is told.
    Raises KeysMissing, InvalidClientMetadata: it is to be encrypted, and there is no key for it.
    """
    said: Mapping[str, str] = {
        **fields,
        **({} if to.state is None else {"state": to.state}),
        "iss": provider.issuer,
    }
    if provider.twists is not None:
        said = provider.twists.answered(client.client_id, said)
    delivery = to.response_mode
    if delivery.endswith("jwt"):
        said = {"response": _signed(provider, client, said, now)}
        delivery = delivery.removesuffix("jwt").removesuffix(".") or DEFAULT_MODE
    if delivery == "form_post":
        return FormPost(to.redirect_uri, tuple(said.items()), headers)
    if delivery == "fragment":
        return answer_redirect(f"{to.redirect_uri}#{urlencode(said)}", headers=headers)
    # RFC 6749 section 3.1.2: a query of the registered address is kept.
    separator = "&" if "?" in to.redirect_uri else "?"
    return answer_redirect(f"{to.redirect_uri}{separator}{urlencode(said)}", headers=headers)


def _signed(provider: Provider, client: Client, said: Mapping[str, str], now: datetime) -> str:
    """JARM sections 2.1 and 2.2. A type of its own, so that it can never pass for an id_token.

    Raises KeysMissing, InvalidClientMetadata.
    """
    signer = provider.keys.current().signer(client.metadata.authorization_signed_response_alg, now)
    ends = int(now.timestamp()) + provider.protocol.authorization_code_seconds
    claims = {**said, "aud": client.client_id, "exp": ends, "iat": int(now.timestamp())}
    signed = signer.sign(claims, typ=AUTHORIZATION_RESPONSE)
    return sealed(provider.client_keys, client, signed, client.metadata.authorization_encryption)
