"""What the extension is told by the application's configuration."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask

from .registration import Registration, is_confidential

LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""A path of our own: `//other.example` and `/\\other.example` are addresses elsewhere to a browser."""


@dataclass(frozen=True)
class Paths:
    """Below the origin."""

    home: str = "/"
    """Where people come to after a sign-in that had no other page in mind."""
    sign_in: str = "/sign-in"
    initiate: str = "/initiate"
    """With the origin the registered initiate_login_uri, if there is one."""
    callback: str = "/callback"
    """With the origin the registered redirect_uri."""
    sign_out: str = "/sign-out"
    signed_out: str = "/"
    """With the origin a registered post_logout_redirect_uri."""
    back_channel_logout: str = "/back-channel-logout"
    """With the origin, or another address of this portal, the registered backchannel_logout_uri."""

    def __post_init__(self) -> None:
        for path in vars(self).values():
            if not is_local(path):
                raise ValueError(f"{path!r} is not a path of this portal")


@dataclass(frozen=True)
class Configuration:
    registration: Registration | None = None
    origin: str | None = None
    paths: Paths | None = None


def is_local(path: str) -> bool:
    return LOCAL.fullmatch(path) is not None


def read(app: Flask, given: Configuration) -> tuple[Registration, str, Paths]:
    """What is not given comes from `app.config`. Raises ValueError."""
    found = app.config
    registration = given.registration or _registration(found)
    origin = given.origin or _text(found, "YITONG_ORIGIN")
    if not is_confidential(origin) or not re.fullmatch(r"https?://[^/?#]+", origin):
        raise ValueError(
            "YITONG_ORIGIN is the portal's own address: https, or http on this machine, and no path"
        )
    paths = given.paths or _paths(found)
    if found.get("SESSION_COOKIE_SAMESITE") is None:
        found["SESSION_COOKIE_SAMESITE"] = "Lax"
    elif found["SESSION_COOKIE_SAMESITE"] == "Strict":
        raise ValueError("SESSION_COOKIE_SAMESITE is Lax: the provider's answer comes from another site")
    if origin.startswith("https:"):
        found["SESSION_COOKIE_SECURE"] = True
    return registration, origin, paths


def _registration(found: Mapping[str, Any]) -> Registration:
    return Registration(
        issuer=_text(found, "YITONG_ISSUER"),
        client_id=_text(found, "YITONG_CLIENT_ID"),
        client_secret=str(found.get("YITONG_CLIENT_SECRET", "")),
        scope=str(found.get("YITONG_SCOPE", "openid")),
        level=number(found, "YITONG_LEVEL", 2),
        id_token_signed_response_alg=str(found.get("YITONG_ID_TOKEN_SIGNED_RESPONSE_ALG", "ES256")),
        private_key=_key(found, "YITONG_PRIVATE_KEY"),
        dpop_key=_key(found, "YITONG_DPOP_KEY"),
        pushes_requests=found.get("YITONG_PUSHES_REQUESTS", False) is True,
    )


def _paths(found: Mapping[str, Any]) -> Paths:
    said = {name: found.get(f"YITONG_{name.upper()}_PATH") for name in vars(Paths())}
    return replace(Paths(), **{name: str(path) for name, path in said.items() if path is not None})


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing from the application's configuration")
    return value


def number(found: Mapping[str, Any], name: str, default: int) -> int:
    """Above nothing. Raises ValueError."""
    value = found.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{name} is not a number")  # a configuration that is wrong
    return value


def _key(found: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """A private JWK, as JSON or as the object itself."""
    value = found.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(f"{name} is not JSON") from None
    if value is not None and not isinstance(value, Mapping):
        raise ValueError(f"{name} is not a JWK")
    return value
