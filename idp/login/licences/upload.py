"""What a page about a licence sends: files or fields, bounded, and read without guessing."""

from typing import Final

from flask import request

from idp.business.licences.carriers import BYTES_AT_MOST, SIGNATURE_BYTES_AT_MOST
from idp.business.licences.challenges import BYTES_AT_MOST as CHALLENGE_BYTES_AT_MOST
from idp.business.licences.checking import OF_RSA, Presented, Proof
from idp.crypto.digests import base64url, from_base64url

CHALLENGE: Final = "challenge"
PSS: Final = OF_RSA[1]


class Incomplete(Exception):
    """A part is missing or is too long; `part` is the field's name."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def from_files() -> Presented:
    """A form with files. Raises Incomplete."""
    chain = _file("chain", BYTES_AT_MOST)
    certificate = _given("certificate", _file("certificate", BYTES_AT_MOST))
    signature = _given("signature", _file("signature", SIGNATURE_BYTES_AT_MOST))
    algorithm = PSS if request.form.get("algorithm") == PSS else None
    return Presented(certificate, chain or None, Proof(challenge(), signature, algorithm))


def from_fields() -> Presented:
    """What a signing agent has said, as the page's script put it into a form. Raises Incomplete."""
    certificate = request.form.get("certificate", "").encode()
    chain = request.form.get("chain", "").encode()
    for part, data in (("certificate", certificate), ("chain", chain)):
        if len(data) > BYTES_AT_MOST:
            raise Incomplete(part)
    algorithm = request.form.get("algorithm") or None
    proof = Proof(challenge(), _decoded("signature", SIGNATURE_BYTES_AT_MOST), algorithm)
    return Presented(_given("certificate", certificate), chain or None, proof)


def challenge() -> bytes:
    """Raises Incomplete."""
    return _decoded(CHALLENGE, CHALLENGE_BYTES_AT_MOST)


def as_field(text: bytes) -> str:
    return base64url(text)


def _file(part: str, most: int) -> bytes:
    given = request.files.get(part)
    data = b"" if given is None else given.read(most + 1)
    if len(data) > most:
        raise Incomplete(part)
    return data


def _decoded(part: str, most: int) -> bytes:
    """Base64url without padding."""
    text = request.form.get(part, "")
    if len(text) > most * 2:
        raise Incomplete(part)
    try:
        return _given(part, from_base64url(text))
    except ValueError:
        raise Incomplete(part) from None


def _given(part: str, data: bytes) -> bytes:
    if not data:
        raise Incomplete(part)
    return data
