"""What a page shows of a link: the QR code with a fresh code in it, or what has become of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from idp.extensions import Services
from idp.login import qr as qr_codes
from idp.login.licence_app import codes
from idp.login.licence_app.links import KEY_USE, Links, Times
from idp.login.licence_app.states import Link
from idp.settings import Settings

PROTOCOL_VERSION: Final = "1"
OPEN_PATH: Final = "/licence-app"
"""Where a link leads that no licence app has caught."""
POLL_SECONDS: Final = 2
RELOAD_SECONDS: Final = 5
"""Of a page without scripts."""


@dataclass(frozen=True, slots=True)
class ShownCode:
    generation: int
    code: str
    """In groups."""
    link: str
    qr: str
    """The link as a picture, in a data: address."""


def open_links(found: Services) -> Links:
    settings = found.settings
    times = Times(
        code=timedelta(seconds=settings.licence_app.code_seconds),
        # As long as the challenge in it may be signed.
        confirm=timedelta(seconds=settings.licences.challenge_seconds),
        take=timedelta(seconds=settings.licence_app.take_seconds),
    )
    return Links(found.store, found.master_keys.derived(KEY_USE), times)


def shown_code(link: Link, code: str, settings: Settings) -> ShownCode:
    in_groups = codes.shown(code)
    address = address_of(settings, in_groups)
    return ShownCode(link.generation, in_groups, address, qr_codes.svg_uri(address))


def address_of(settings: Settings, code: str) -> str:
    """The code stands behind the #, which no browser sends and no log holds."""
    base = settings.licence_app.address or f"{settings.issuer}{OPEN_PATH}"
    return f"{base}#{urlencode({'v': PROTOCOL_VERSION, 'issuer': settings.issuer, 'code': code})}"


def host_of(address: str) -> str:
    """Where a browser goes back to: host and port of a page, or the scheme of an app's own."""
    scheme, _, rest = address.partition("://")
    return rest.partition("/")[0].partition("?")[0] if scheme in {"http", "https"} else scheme
