"""What an app still lacks for people to sign in to it well, and where that is mended."""

from collections.abc import Iterator
from typing import NamedTuple

from idp.locales import gettext as _
from idp.oidc.clients.metadata import ClientMetadata

SETTINGS, KEYS = "/settings", "/keys"
BY_KEY = "private_key_jwt"


class Lack(NamedTuple):
    words: str
    section: str
    """Of the app."""
    is_grave: bool = False
    """Nobody can sign in before that is there."""


def of_registration(metadata: ClientMetadata) -> Iterator[Lack]:
    """In the order in which one mends them."""
    signs_in = "authorization_code" in metadata.grant_types
    if signs_in and not metadata.redirect_uris:
        yield Lack(_("There is no redirect_uri: nobody can come back to the app."), SETTINGS, is_grave=True)
    if metadata.token_endpoint_auth_method == BY_KEY and not (metadata.jwks or metadata.jwks_uri):
        yield Lack(_("It proves itself by a key, and has none here yet."), KEYS, is_grave=True)
    if not signs_in:
        return
    if not metadata.localized.get("logo_uri"):
        yield Lack(_("A logo: people find the app by it where they agree."), SETTINGS)
    if not metadata.localized.get("policy_uri"):
        yield Lack(_("The address of the privacy notice, which people can read where they agree."), SETTINGS)
    if not metadata.localized.get("tos_uri"):
        yield Lack(_("The address of the terms of use."), SETTINGS)
    if not (metadata.backchannel_logout_uri or metadata.frontchannel_logout_uri):
        yield Lack(_("A logout address: without it the app is not told when somebody signs out."), SETTINGS)
