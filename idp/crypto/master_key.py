"""The secrets that everything else rests on, and where they come from.

They are one JSON document, from a file or from the environment, so that an operator can keep it in
a secret store of any make:

    {"purpose": "production",
     "encryption": {"active": "2026-11", "keys": {"2026-11": "<32 bytes, base64url>"}},
     "blind_index": "<32 bytes>", "blind_index_next": null,
     "pairwise": "<32 bytes>", "tokens": "<32 bytes>"}

`blind_index` lies apart from the encryption ring, and both apart from the database: with the index
key and the rows alone, all numbers there are can be tried in minutes.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from idp.crypto.digests import from_base64url, new_secret

KEY_BYTES = 32


class MasterKeysWrong(Exception):
    """The document is missing, malformed, or made for another purpose. Never carries a key."""


@dataclass(frozen=True, repr=False)
class KeyRing:
    """Keys by id; `active` seals, all open."""

    active: str
    keys: dict[str, bytes]


@dataclass(frozen=True, repr=False)
class MasterKeys:
    purpose: str
    encryption: KeyRing
    blind_index: bytes
    blind_index_next: bytes | None
    pairwise: bytes
    tokens: bytes

    def derived(self, use: str) -> bytes:
        """A key of its own for each use of machine-made secrets (HKDF, RFC 5869)."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use.encode()).derive(self.tokens)


def generate(now: datetime, *, purpose: str) -> str:
    """A new document, as text."""
    key_id = now.strftime("%Y-%m-%d")
    document = {
        "purpose": purpose,
        "encryption": {"active": key_id, "keys": {key_id: new_secret(KEY_BYTES)}},
        "blind_index": new_secret(KEY_BYTES),
        "blind_index_next": None,
        "pairwise": new_secret(KEY_BYTES),
        "tokens": new_secret(KEY_BYTES),
    }
    return json.dumps(document, indent=1) + "\n"


def write_new(path: Path, text: str) -> bool:
    """Write for the owner alone, at once or not at all; False when the file is already there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{new_secret(6)}.new")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A hard link, unlike a rename, never replaces keys that another process has just made.
        os.link(half, path)
    except FileExistsError:
        return False
    finally:
        half.unlink()
    return True


def from_file(path: Path) -> MasterKeys:
    try:
        text = path.read_text()
    except OSError as error:
        raise MasterKeysWrong(f"cannot read the master key file {path}: {error.strerror}") from None
    return parse(text)


def from_environment(name: str = "IDP_MASTER_KEYS") -> MasterKeys:
    text = os.environ.get(name)
    if not text:
        raise MasterKeysWrong(f"the environment variable {name} is empty")
    return parse(text)


def parse(text: str) -> MasterKeys:
    try:
        document = json.loads(text)
        ring = document["encryption"]
        keys = {str(key_id): _key(value) for key_id, value in ring["keys"].items()}
        following = document.get("blind_index_next")
        result = MasterKeys(
            purpose=str(document["purpose"]),
            encryption=KeyRing(active=str(ring["active"]), keys=keys),
            blind_index=_key(document["blind_index"]),
            blind_index_next=None if following is None else _key(following),
            pairwise=_key(document["pairwise"]),
            tokens=_key(document["tokens"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise MasterKeysWrong("the master key document is not of the documented form") from None
    if result.encryption.active not in keys:
        raise MasterKeysWrong("the active encryption key is not in the ring")
    return result


def _key(value: Any) -> bytes:
    key = from_base64url(value)
    if len(key) != KEY_BYTES:
        raise ValueError("wrong length")
    return key
