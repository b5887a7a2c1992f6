"""Whom a client means by the id_token that it sends as a hint."""

from collections.abc import Callable

from idp.oidc import errors
from idp.oidc.clients.metadata import Client
from idp.oidc.hints import HintRefused, read_hint
from idp.oidc.provider import Provider


def hinted_sub(provider: Provider) -> Callable[[str, Client], str]:
    """What `parse` needs to read an id_token_hint. It raises InvalidRequest."""

    def read(hint: str, client: Client) -> str:
        try:
            return read_hint(provider.keys.current(), hint, provider.issuer, client.client_id).sub
        except HintRefused as refused:
            raise errors.InvalidRequest("id_token_hint is not ours.", detail=str(refused)) from None

    return read
