"""What the sandbox says of an app, signed: production takes it in and believes no other hand.

A JWT of its own type, by the keys of receipts, which sign nothing that opens anything. It holds no secret, no
key and nothing of a person; whoever has it has read a registration.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from idp.crypto.digests import digest
from idp.oidc.clients.metadata import LOCALIZED, ClientMetadata
from idp.oidc.clients.uris import is_localhost, is_loopback
from idp.oidc.endpoints import discovery
from idp.oidc.keys.algorithms import RECEIPT_ALGORITHM
from idp.oidc.keys.jwt import GOING_LIVE
from idp.oidc.keys.ring import Ring

CHARACTERS_AT_MOST = 256 * 1024
GOOD_DAYS = 30
"""So long the sandbox's word on an app is worth something: what was seen then may be true no more."""
CLOCKS_DIFFER = timedelta(minutes=2)
OWN = ("client_id", "sector", "jwks", "jwks_uri", "sector_identifier_uri", "software_statement")
"""What an app has anew in production: no `sub` and no key is the same there."""
ADDRESSES = ("redirect_uris", "post_logout_redirect_uris", "request_uris")
SINGLE = ("backchannel_logout_uri", "frontchannel_logout_uri", "initiate_login_uri")

UNTRIED = frozenset(
    (
        *(*OWN, *ADDRESSES, *SINGLE, *LOCALIZED, "localized"),
        *("resource_uris", "backchannel_client_notification_endpoint"),
        *("contacts", "software_id", "software_version", "purpose_code"),
    )
)
"""Of a registration: what is another in production in any case, and what people read. Of all the rest a
report speaks."""


class PackageRefused(Exception):
    """`reason`: size, form, signature, issuer, age, unreachable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Seen:
    """Of an app in the sandbox."""

    sign_ins: int
    """In the last weeks."""
    report: dict[str, Any] | None
    """Of the checker: `by`, `made_at`, `has_passed`, `passed`, `tried`, in `failed` the names of what failed,
    and in `registration` what it looked at (`tried`). None: it was never checked."""


@dataclass(frozen=True, slots=True)
class Package:
    """What the sandbox signs of an app, for production to begin with."""

    issuer: str
    client_id: str
    """In the sandbox."""
    kind: str
    fields: dict[str, Any]
    reasons: dict[str, str]
    seen: Seen
    thumbprints: tuple[str, ...]
    """RFC 7638: of the keys that it has in the sandbox, which are none for production."""
    made_at: datetime = field(default_factory=lambda: datetime.fromtimestamp(0, UTC))


def make(keys: Ring, package: Package, now: datetime) -> str:
    """Raises KeysMissing."""
    told = asdict(package) | {"thumbprints": list(package.thumbprints)}
    claims = {
        "iss": told.pop("issuer"),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(days=GOOD_DAYS)).timestamp()),
        "app": {name: value for name, value in told.items() if name != "made_at"},
    }
    return keys.signer(RECEIPT_ALGORITHM, now).sign(claims, typ=GOING_LIVE)


def read(text: str, issuer: str, fetch: Callable[[str], Any], now: datetime) -> Package:
    """What that issuer's sandbox signed. `fetch`: the JSON at an address, through the guarded client.

    Raises PackageRefused.
    """
    text = "".join(text.split())
    if not 0 < len(text) <= CHARACTERS_AT_MOST:
        raise PackageRefused("size")
    try:
        keys = KeySet.import_key_set(
            {"keys": list(fetch(issuer + discovery.PATHS["receipts_jwks_uri"])["keys"])}
        )
    except (JoseError, ValueError, TypeError, KeyError, OSError):
        raise PackageRefused("unreachable") from None
    try:
        # RFC 8725 section 3.1: the one algorithm that these keys sign with, whatever the header says.
        found = jwt.decode(text, keys, algorithms=[RECEIPT_ALGORITHM])
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise PackageRefused("signature") from None
    # Section 3.11: these keys sign receipts as well.
    if found.header.get("typ") != GOING_LIVE:
        raise PackageRefused("form")
    return _checked(found.claims, issuer, now)


def for_production(package: Package) -> dict[str, Any]:
    """The registration as a draft begins there: without what it has anew, and without addresses of a
    developer's own machine."""
    fields = {name: value for name, value in package.fields.items() if name not in OWN}
    native = fields.get("application_type") == "native"
    for name in ADDRESSES:
        if name in fields:
            fields[name] = [uri for uri in fields[name] if is_for_production(uri, native=native)]
    return {
        name: value
        for name, value in fields.items()
        if name not in SINGLE or is_for_production(str(value), native=False)
    }


def is_for_production(uri: str, *, native: bool) -> bool:
    """Not a developer's own machine, and nothing that others read along. A native app may listen on its
    person's machine (RFC 8252 section 7.3)."""
    parts = urlsplit(uri)
    if native and is_loopback(parts.hostname):
        return True
    return parts.scheme != "http" and not is_localhost(parts.hostname)


def tried(metadata: ClientMetadata) -> str:
    """A digest of what a check tries of a registration: the same in the sandbox and in production, as long as
    nobody has changed how the app signs in."""
    said = {name: value for name, value in metadata.to_json().items() if name not in UNTRIED}
    return digest(json.dumps(said, sort_keys=True))


def thumbprints(jwks: Mapping[str, Any] | None) -> tuple[str, ...]:
    """RFC 7638. What is no key has none."""
    found = []
    for one in (jwks or {}).get("keys", ()):
        try:
            found.append(import_key(one).thumbprint())
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return tuple(found)


def _checked(claims: Mapping[str, Any], issuer: str, now: datetime) -> Package:
    if claims.get("iss") != issuer:
        raise PackageRefused("issuer")
    try:
        made_at = datetime.fromtimestamp(int(claims["iat"]), UTC)
        ends_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        app = dict(claims["app"])
        seen = Seen(int(app["seen"]["sign_ins"]), app["seen"]["report"])
        package = Package(
            issuer=issuer,
            client_id=str(app["client_id"]),
            kind=str(app["kind"]),
            fields=dict(app["fields"]),
            reasons={str(name): str(why) for name, why in app["reasons"].items()},
            seen=seen,
            thumbprints=tuple(map(str, app["thumbprints"])),
            made_at=made_at,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise PackageRefused("form") from None
    if not made_at - CLOCKS_DIFFER <= now < ends_at:
        raise PackageRefused("age")
    return package
