"""A registration as it stands, what was done to it, and why nothing was."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from idp.oidc.clients.changes.history import Version
from idp.oidc.clients.changes.manifest_texts import Difference
from idp.oidc.clients.changes.manifest_texts import fields as fields_of
from idp.oidc.clients.credentials.named_secrets import Made
from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.clients.models import ClientStatus


class NoSuchClient(Exception):
    """Nothing is registered under that id."""


class ClientTaken(Exception):
    """Something is registered under that id."""


class SectorTaken(Exception):
    """It is that of a client which somebody has looked at."""


class NoSuchVersion(Exception):
    """The client never had it, or it is so old that it was dropped."""


class Frozen(Exception):
    """By the security staff (`idp.measures`), who alone thaw it."""


class NotRunning(Exception):
    """It is not in the state that this is done in."""


class Change(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Standing:
    """A registration as it stands, for whoever edits it."""

    metadata: ClientMetadata
    number: int
    """Of its version: `expected_version` of the change that begins here."""
    status: ClientStatus
    created_at: datetime

    @property
    def fields(self) -> dict[str, Any]:
        """Under the registered names, texts with their language tags: to be edited and handed back whole."""
        return fields_of(self.metadata.to_json())


class ChangedMeanwhile(Exception):
    """Somebody else has changed the registration since: nothing was written, and nothing is lost."""

    def __init__(self, current: Standing, versions: tuple[Version, ...]) -> None:
        super().__init__(f"version {current.number} stands")
        self.current = current
        self.versions = versions
        """Those since, newest first."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was done."""

    client_id: str
    number: int
    change: Change
    differences: tuple[Difference, ...] = ()
    made: Made | None = None
    """A secret that was made now."""
    secret_changed: bool = False

    @property
    def new_secret(self) -> str | None:
        """To be shown once: it is not kept."""
        return None if self.made is None else self.made.secret
