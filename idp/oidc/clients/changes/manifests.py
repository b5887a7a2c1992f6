"""Client registrations as files: `idp clients apply clients/manifests/*.toml`.

A manifest is a TOML table of client metadata under its registered names, texts with language tags
quoted (`"client_name#zh-CN" = "..."`). It never holds a secret: the machine makes one. In the
sandbox, `secret_file` may name a file that the secret is shared through with a sample portal.
"""

import os
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.changing import Change
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.clients.changes.manifest_texts import Difference
from idp.oidc.clients.credentials.client_secrets import ClientSecrets, new_client_secret
from idp.oidc.clients.metadata import ClientMetadata, MetadataRefused, read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.resources import ResourceTaken

__all__ = ["Applied", "Change", "ManifestRefused", "apply"]

SECRET_LENGTH = 43


class ManifestRefused(Exception):
    """Names the file and what is wrong in it, one line each."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` did."""

    client_id: str
    change: Change
    new_secret: str | None = None
    """To be shown once: it is not kept. None when there is none, or when it lies in `secret_file`."""
    differences: tuple[Difference, ...] = field(default=(), compare=False)
    secret_changed: bool = field(default=False, compare=False)


def apply(
    session: Session,
    path: Path,
    now: datetime,
    *,
    secrets: ClientSecrets,
    secret_root: Path | None,
    writes_secrets: bool = True,
) -> Applied:
    """Make the registration what the manifest says; doing it again changes nothing.

    `secret_root`: the folder that a relative `secret_file` lies in; None refuses secret files.
    Raises ManifestRefused. The caller commits; a secret file is written before, so that a stop in
    between is mended by applying again. Who only asks what would change rolls back, and has no file written.
    """
    fields = _read(path)
    file = _secret_file(path, fields.pop("secret_file", None), secret_root)
    try:
        metadata = read(fields)
        written = _write(session, metadata, _secret(metadata, file, writes=writes_secrets), secrets, now)
    except MetadataRefused as refused:
        raise ManifestRefused(f"{path}:\n{refused}") from None
    except ResourceTaken as taken:
        raise ManifestRefused(f"{path}: {taken}") from None
    return Applied(
        written.client_id, written.change, written.new_secret, written.differences, written.secret_changed
    )


def _write(
    session: Session, metadata: ClientMetadata, secret: str | None, secrets: ClientSecrets, now: datetime
) -> changing.Written:
    context = AuditContext(at=now, actor="operator")
    if session.get(ClientRecord, metadata.client_id) is None:
        return changing.create(
            session, metadata, actor=OPERATOR, context=context, secrets=secrets, secret=secret
        )
    # What the file says the operator has looked at; from now on nobody else changes it.
    return changing.change(
        session,
        metadata.client_id,
        metadata,
        actor=OPERATOR,
        context=context,
        secrets=secrets,
        secret=secret,
        takes_over=True,
    )


def _secret(metadata: ClientMetadata, file: Path | None, *, writes: bool) -> str | None:
    """That of the file, where there is one."""
    if file is None or not metadata.has_secret:
        return None
    kept = _kept_secret(file)
    if kept is not None:
        return kept
    secret = new_client_secret()
    if writes:
        _write_secret(file, secret)
    return secret


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ManifestRefused(f"{path}: {error.strerror}") from None
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are ones
        raise ManifestRefused(f"{path}: {error}") from None


def _secret_file(path: Path, named: Any, root: Path | None) -> Path | None:
    if named is None:
        return None
    if root is None or not isinstance(named, str):
        raise ManifestRefused(f"{path}: secret_file: only in the sandbox, and a path")
    return root / named


def _kept_secret(file: Path) -> str | None:
    """The secret that an earlier run left; anything that we did not make is replaced."""
    try:
        text = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if len(text) == SECRET_LENGTH else None


def _write_secret(file: Path, secret: str) -> None:
    """For the owner alone, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secret + "\n")
    half.replace(file)
