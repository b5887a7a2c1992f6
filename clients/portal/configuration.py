"""What makes one deployment of the portal differ from another: a TOML file, and the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


PERSON, ORGANISATION = "person", "organisation"


@dataclass(frozen=True)
class Service:
    """A tile of the hall; `level` is asked when it is opened."""

    key: str
    icon: str
    level: int
    of: str = PERSON
    """Whose business it is: a `person`'s, or in the business hall an `organisation`'s."""
    matter: str = ""
    """What a mandate must cover. Nothing, of a person's: they come themselves."""
    agents: bool = True
    """Whether an organisation's agents may use it, too, or only who represents or administers it."""

    def __post_init__(self) -> None:
        if self.of == ORGANISATION and not self.matter:
            raise ValueError(f"{self.key}: nobody acts for an organisation without a mandate for a matter")


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

    @property
    def takes_others(self) -> bool:
        """Whether anybody may come for somebody else."""
        return any(service.matter for service in self.services)

    @property
    def for_people(self) -> tuple[Service, ...]:
        return tuple(service for service in self.services if service.of == PERSON)

    @property
    def for_organisations(self) -> tuple[Service, ...]:
        return tuple(service for service in self.services if service.of == ORGANISATION)


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
