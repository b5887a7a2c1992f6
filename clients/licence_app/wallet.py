"""The licences on this telephone: certificates as they are, keys under a PIN.

A PIN of six digits protects a key only as long as nobody can try them all. A telephone's hardware sees to
that; this sample has a file, so it makes each try slow, and throws the key away after a few wrong ones.
"""

import json
import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import scrypt
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import load_pem_x509_certificates
from cryptography.x509.oid import NameOID

from clients.licence_app.keys import Key, read_key

TRIES: Final = 5
PIN_DIGITS: Final = 6
COST: Final = {"n": 2**15, "r": 8, "p": 1}
MEMORY_BYTES: Final = 64 * 1024 * 1024
CERTIFICATES, SEALED, LEFT = "certificates.pem", "key.json", "tries-left"


class PinWrong(Exception):
    """`left`: further tries; 0 when the key has just been thrown away."""

    def __init__(self, left: int) -> None:
        super().__init__("wrong PIN")
        self.left = left


class NotALicence(Exception):
    """Says what is missing."""


@dataclass(frozen=True, slots=True)
class Held:
    """A licence, without its key."""

    name: str
    """Of its folder."""
    organisation: str
    serial_number: int
    expires_at: datetime
    certificates: str
    """PEM, the licence first."""
    is_locked: bool


class Wallet:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()

    def add(self, source: Path, pin: str) -> Held:
        """A folder with licence.pem, chain.pem and licence.key. Raises NotALicence, WrongKey."""
        if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
            raise NotALicence(f"a PIN has {PIN_DIGITS} digits")
        try:
            texts = [(source / name).read_text("ascii") for name in ("licence.pem", "chain.pem")]
            key = (source / "licence.key").read_text("ascii")
        except OSError as missing:
            raise NotALicence(f"{missing.filename}: {missing.strerror}") from None
        read_key(key)
        certificates = "".join(texts)
        name = f"{load_pem_x509_certificates(certificates.encode())[0].serial_number:x}"
        place = self._folder / name
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(place / CERTIFICATES, certificates)
        _write(place / SEALED, _sealed(key, pin))
        _write(place / LEFT, str(TRIES))
        return self.find(name)

    def remove(self, name: str) -> None:
        shutil.rmtree(self._folder / self.find(name).name)

    def find(self, name: str) -> Held:
        """Raises NotALicence."""
        for held in self:
            if held.name == name:
                return held
        raise NotALicence("there is no such licence here")

    def __iter__(self) -> Iterator[Held]:
        for place in sorted(self._folder.glob(f"*/{CERTIFICATES}")):
            text = place.read_text("ascii")
            first = load_pem_x509_certificates(text.encode())[0]
            named = first.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
            yield Held(
                name=place.parent.name,
                organisation=str(named[0].value) if named else first.subject.rfc4514_string(),
                serial_number=first.serial_number,
                expires_at=first.not_valid_after_utc,
                certificates=text,
                is_locked=not (place.parent / SEALED).exists(),
            )

    def open(self, held: Held, pin: str) -> Key:
        """Raises PinWrong."""
        place = self._folder / held.name
        with self._lock:
            left = int((place / LEFT).read_text("ascii"))
            if left < 1 or not (place / SEALED).exists():
                raise PinWrong(0)
            # Counted before it is tried, so that nobody gets more by breaking it off.
            _write(place / LEFT, str(left - 1))
            key = _opened((place / SEALED).read_text("ascii"), pin)
            if key is not None:
                _write(place / LEFT, str(TRIES))
                return read_key(key)
            if left == 1:
                (place / SEALED).unlink()
            raise PinWrong(left - 1)


def _sealed(text: str, pin: str) -> str:
    salt, nonce = os.urandom(16), os.urandom(12)
    made = AESGCM(_key(pin, salt)).encrypt(nonce, text.encode(), None)
    parts = {"salt": salt, "nonce": nonce, "sealed": made}
    return json.dumps({name: b64encode(value).decode() for name, value in parts.items()})


def _opened(sealed: str, pin: str) -> str | None:
    parts = {name: b64decode(value) for name, value in json.loads(sealed).items()}
    try:
        return AESGCM(_key(pin, parts["salt"])).decrypt(parts["nonce"], parts["sealed"], None).decode()
    except InvalidTag:
        return None


def _key(pin: str, salt: bytes) -> bytes:
    return scrypt(pin.encode(), salt=salt, maxmem=MEMORY_BYTES, dklen=32, **COST)


def _write(file: Path, text: str) -> None:
    """At once or not at all, and for this user alone."""
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())
    new.replace(file)
