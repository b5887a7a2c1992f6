"""What one deployment of the back end needs to know: a TOML file, and the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clients.miniprogram.server import wechat

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent.parent


@dataclass(frozen=True)
class Deployment:
    """Raises OSError where a secret's file is missing."""

    origin: str
    """The back end's own address, as the telephone sees it; a business domain of the mini-program."""
    port: int
    issuer: str
    client_id: str
    scope: str
    client_secret: str = field(repr=False)
    app_id: str
    """Of the mini-program at WeChat."""
    app_secret: str = field(repr=False)
    jssdk: str
    """WeChat's script, by which a page in a web-view talks to its mini-program."""
    wechat_origin: str = wechat.ORIGIN


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Deployment:
    """MINIPROGRAM_ and a key of the file in capitals, such as MINIPROGRAM_ORIGIN, overrides it."""
    values: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))

    def said(name: str) -> Any:
        return environment.get(f"MINIPROGRAM_{name.upper()}", values[name])

    return Deployment(
        origin=said("origin"),
        port=int(said("port")),
        issuer=said("issuer"),
        client_id=values["client_id"],
        scope=values["scope"],
        client_secret=_secret(said("client_secret_file")),
        app_id=values["app_id"],
        app_secret=_secret(said("app_secret_file")),
        jssdk=said("jssdk"),
        wechat_origin=said("wechat"),
    )


def _secret(name: str) -> str:
    file = Path(name)
    return (file if file.is_absolute() else REPOSITORY / file).read_text("utf-8").strip()
