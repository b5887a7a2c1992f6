"""How long "the person is here now" counts."""

from idp.oidc.clients.metadata import Client
from idp.oidc.provider import Provider


def presence_seconds(provider: Provider, client: Client | None) -> int:
    """For this client, which may shorten it."""
    longest = provider.protocol.presence_seconds
    shorter = None if client is None else client.metadata.presence_seconds
    return longest if shorter is None else min(longest, shorter)
