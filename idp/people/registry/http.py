"""The register behind HTTP: the contract that docs/register.openapi.yaml describes.

An answer that breaks the contract is the same to a person as no answer: come back later.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from idp.outbound.json_service import JsonService, ServiceUnavailable
from idp.people import phones
from idp.people.registry.contract import Answer, RegisterAnswer, RegisterUnavailable, Relation

Read = TypeVar("Read")

_SAID = {
    "match": Answer.MATCH,
    "mismatch": Answer.MISMATCH,
    "unknown": Answer.UNKNOWN,
    "deceased": Answer.DECEASED,
}
_FACES = {"none": False, "photo": True, "comparison": True}


class HttpRegister:
    def __init__(self, service: JsonService) -> None:
        self._service = service

    def verify(self, name: str, number: str) -> RegisterAnswer:
        try:
            found = self._ask("verifications", {"name": name, "number": number}, _read_verification)
        except RegisterUnavailable:
            return RegisterAnswer(Answer.UNAVAILABLE)
        return found or RegisterAnswer(Answer.UNKNOWN)

    def photo(self, number: str) -> bytes | None:
        return self._ask("photos", {"number": number}, _read_photo)

    def compare(self, number: str, image: bytes) -> bool | None:
        question = {"number": number, "image": b64encode(image).decode("ascii")}
        return self._ask("comparisons", question, _read_comparison)

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        return self._ask("guardianships", {"guardian": guardian, "ward": ward}, _read_guardianship)

    def _ask(self, resource: str, question: Mapping[str, str], read: Callable[[Any], Read]) -> Read | None:
        """None for 404, which says that there is no such thing. Raises RegisterUnavailable."""
        try:
            return self._service.ask(resource, question, read)
        except ServiceUnavailable as problem:
            raise RegisterUnavailable(str(problem)) from None


def _read_verification(answer: Any) -> RegisterAnswer:
    said = _SAID[answer["answer"]]
    if said is not Answer.MATCH:
        return RegisterAnswer(said)
    phone = answer.get("phone")
    return RegisterAnswer(
        said,
        None if phone is None else _mobile(phone),
        _FACES[answer.get("face", "none")],
    )


def _mobile(text: str) -> str | None:
    """Registers hold land lines and typing mistakes too; those take no text message."""
    try:
        return phones.normalise(text)
    except phones.InvalidPhone:
        return None


def _read_photo(answer: Any) -> bytes:
    try:
        return b64decode(answer["photo"], validate=True)
    except NotBase64:
        raise ValueError("the photo is not base64") from None


def _read_comparison(answer: Any) -> bool:
    same = answer["same_person"]
    if not isinstance(same, bool):
        raise TypeError("same_person is not a boolean")
    return same


def _read_guardianship(answer: Any) -> Relation | None:
    said = answer["relation"]
    return None if said == "none" else Relation(said)
