"""What goes to one client alone, encrypted to a key of its own where it registered that."""

from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClientMetadata
from idp.oidc.jose import jwe
from idp.oidc.jose.jwe import Encryption
from idp.oidc.jose.jws import KeyUnknown


def sealed(
    keys: ClientKeys, client: Client, text: str, encryption: Encryption | None, *, is_nested: bool = True
) -> str:
    """The text itself where nothing is registered. It never leaves plain because a key is missing.

    Raises InvalidClientMetadata: none of the client's keys fits now.
    """
    if encryption is None:
        return text
    try:
        key = keys.recipient(client, encryption.alg)
        return jwe.encrypted(text, key, encryption, is_nested=is_nested)
    except KeyUnknown as unknown:
        raise InvalidClientMetadata(
            "None of the client's keys can be encrypted to as it is registered.", detail=str(unknown)
        ) from None
