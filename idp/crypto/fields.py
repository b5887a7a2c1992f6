"""Encrypted columns and the blind index that finds them.

A sealed value is `version(1) | key id length(1) | key id | nonce(12) | AES-256-GCM cipher text`.
The caller's context (such as "person.name:<row id>") is bound as associated data: a cipher text
moved to another row or column does not open.
"""

import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from idp.crypto.digests import keyed
from idp.crypto.master_key import KeyRing

VERSION = 1


class CannotOpen(Exception):
    """The sealed value was made with an unknown key, for another context, or was changed."""


class FieldCipher:
    """Seals with the ring's active key, opens with any key of the ring (NIST SP 800-38D)."""

    def __init__(self, ring: KeyRing, *, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._active = ring.active
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.keys.items()}
        self._random = random

    @property
    def active_key_id(self) -> str:
        """The key that seals now."""
        return self._active

    def seal(self, plain: str | bytes, *, context: str) -> bytes:
        data = plain.encode() if isinstance(plain, str) else plain
        nonce = self._random(12)
        header = _header(self._active)
        return header + nonce + self._ciphers[self._active].encrypt(nonce, data, header + context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Raises CannotOpen; the message names the key, never the value."""
        key_id, start = _read_header(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise CannotOpen(f"no key {key_id!r} in the ring")
        nonce, text = sealed[start : start + 12], sealed[start + 12 :]
        try:
            return cipher.decrypt(nonce, text, sealed[:start] + context.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen(f"sealed with key {key_id!r}, but not for this place") from None

    def open_text(self, sealed: bytes, *, context: str) -> str:
        return self.open(sealed, context=context).decode()

    def is_current(self, sealed: bytes) -> bool:
        """False when re-encryption has still to reach this value."""
        return _read_header(sealed)[0] == self._active


class BlindIndex:
    """Finds an encrypted value by HMAC-SHA-256 under a key that lies outside the database.

    While a rotation runs there are two keys: rows carry both indexes, look-ups use the current one.
    """

    def __init__(self, key: bytes, next_key: bytes | None = None) -> None:
        self._key = key
        self._next_key = next_key

    def of(self, kind: str, value: str) -> str:
        return keyed(self._key, kind, value)

    def next_of(self, kind: str, value: str) -> str | None:
        return None if self._next_key is None else keyed(self._next_key, kind, value)


def _header(key_id: str) -> bytes:
    name = key_id.encode("ascii")
    return bytes((VERSION, len(name))) + name


def _read_header(sealed: bytes) -> tuple[str, int]:
    if len(sealed) < 2 or sealed[0] != VERSION:
        raise CannotOpen("not a sealed value")
    end = 2 + sealed[1]
    return sealed[2:end].decode("ascii", "replace"), end
