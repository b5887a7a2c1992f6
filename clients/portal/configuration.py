"""What makes one deployment of the portal differ from another: a TOML file, and the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Service:
    """A tile of the hall; `level` is asked when it is opened."""

    key: str
    icon: str
    level: int


@dataclass(frozen=True)
class Deployment:
    key: str
    origin: str
    """The portal's own address, as browsers see it."""
    port: int
    issuer: str
    client_id: str
    secret_file: Path
    scope: str
    level: int
    accent: str
    names: Mapping[str, str]
    services: tuple[Service, ...]


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Deployment:
    """PORTAL_ISSUER, PORTAL_ORIGIN, PORTAL_PORT and PORTAL_SECRET_FILE override the file."""
    values: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    secret_file = Path(environment.get("PORTAL_SECRET_FILE", values["secret_file"]))
    return Deployment(
        key=path.stem,
        origin=environment.get("PORTAL_ORIGIN", values["origin"]),
        port=int(environment.get("PORTAL_PORT", values["port"])),
        issuer=environment.get("PORTAL_ISSUER", values["issuer"]),
        client_id=values["client_id"],
        secret_file=secret_file if secret_file.is_absolute() else HERE.parent.parent / secret_file,
        scope=values["scope"],
        level=values["level"],
        accent=values["accent"],
        names=values["names"],
        services=tuple(Service(**service) for service in values["services"]),
    )
