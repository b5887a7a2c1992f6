"""Client registrations as files: `idp clients apply clients/manifests/*.toml`.

A manifest is a TOML table of client metadata under its registered names, texts with language tags
quoted (`"client_name#zh-CN" = "..."`). It never holds a secret: the machine makes one. In the
sandbox, `secret_file` may name a file that the secret is shared through with a sample portal.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from idp.oidc.clients.client_secrets import ClientSecrets, new_client_secret
from idp.oidc.clients.manifest_texts import Difference, differences
from idp.oidc.clients.metadata import ClientMetadata, MetadataRefused, read
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.clients.resources import ResourceTaken, claim
from idp.oidc.logos import keeping as logos

SECRET_LENGTH = 43


class ManifestRefused(Exception):
    """Names the file and what is wrong in it, one line each."""


class Change(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


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
    except MetadataRefused as refused:
        raise ManifestRefused(f"{path}:\n{refused}") from None
    record = session.get(ClientRecord, metadata.client_id)
    created = record is None
    if record is None:
        record = _new_record(metadata, now)
        session.add(record)
    if record.sector != metadata.sector:
        raise ManifestRefused(f"{path}: sector: never changes, or every user would become a stranger")
    # What the file says the operator has looked at; from now on nobody else changes it.
    taken_over = record.registration_mac is not None
    record.registration_mac = None
    before = {} if created else record.metadata_json
    changed = taken_over or before != metadata.to_json()
    record.metadata_json = metadata.to_json()
    try:
        claim(session, record.client_id, metadata.resource_uris)
    except ResourceTaken as taken:
        raise ManifestRefused(f"{path}: {taken}") from None
    shown, secret_changed = _ensure_secret(record, metadata, file, secrets, writes=writes_secrets)
    if created or changed or secret_changed:
        record.updated_at = now
    if created or changed:
        logos.want(session, metadata, now)
    session.flush()
    change = Change.CREATED if created else Change.CHANGED if changed or secret_changed else Change.UNCHANGED
    found = differences(before, record.metadata_json)
    return Applied(record.client_id, change, shown, found, secret_changed)


def _ensure_secret(
    record: ClientRecord, metadata: ClientMetadata, file: Path | None, secrets: ClientSecrets, *, writes: bool
) -> tuple[str | None, bool]:
    """The secret to be shown, if any, and whether the record's secret changed."""
    dropped, is_missing = secrets.settle(record, metadata)
    if not metadata.has_secret or (file is None and not is_missing):
        return None, dropped
    kept = _kept_secret(file) if file else None
    secret = kept or new_client_secret()
    if kept is None and file is not None and writes:
        _write_secret(file, secret)
    changed = secrets.put(record, metadata, secret)
    return (secret if file is None else None), changed or dropped


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


def _new_record(metadata: ClientMetadata, now: datetime) -> ClientRecord:
    fields: Mapping[str, Any] = metadata.to_json()
    return ClientRecord(
        client_id=metadata.client_id,
        sector=metadata.sector,
        metadata_json=dict(fields),
        secret_mac=None,
        secret_sealed=None,
        status=ClientStatus.ACTIVE,
        created_at=now,
        updated_at=now,
    )
