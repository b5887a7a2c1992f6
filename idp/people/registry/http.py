"""The register behind HTTP: the contract that docs/register.openapi.yaml describes.

Every question is a POST, so that no number is in a URL. An answer that breaks the contract is the same to a
person as no answer: come back later. What went wrong is logged, without the question.
"""

import json
import logging
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from idp.people import phones
from idp.people.registry.circuit_breaker import CircuitBreaker
from idp.people.registry.contract import Answer, RegisterAnswer, RegisterUnavailable

log = logging.getLogger(__name__)

Read = TypeVar("Read")

Post = Callable[[str, bytes, Mapping[str, str]], tuple[int, bytes]]
"""URL, body and headers to status and body. Raises OSError when there is no answer in time."""

_SAID = {
    "match": Answer.MATCH,
    "mismatch": Answer.MISMATCH,
    "unknown": Answer.UNKNOWN,
    "deceased": Answer.DECEASED,
}
_FACES = {"none": False, "photo": True, "comparison": True}


class HttpRegister:
    def __init__(self, url: str, token: str | None, *, post: Post, breaker: CircuitBreaker) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._post = post
        self._breaker = breaker

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

    def _ask(self, resource: str, question: Mapping[str, str], read: Callable[[Any], Read]) -> Read | None:
        """None for 404, which says that there is no such thing. Raises RegisterUnavailable."""
        if not self._breaker.allows():
            raise RegisterUnavailable("the circuit is open")
        try:
            status, body = self._post(
                f"{self._url}/v1/{resource}", json.dumps(question).encode(), self._headers
            )
            if status not in {200, 404}:
                raise OSError(f"status {status}")
            answer = None if status == 404 else read(json.loads(body))
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as problem:
            self._breaker.failed()
            cause = _cause(problem)
            log.warning("the population register did not answer %s: %s", resource, cause)
            raise RegisterUnavailable(cause) from None
        self._breaker.succeeded()
        return answer


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


def _cause(problem: Exception) -> str:
    """For logs: an OSError tells of the network; parsers quote what they read, which may be a phone."""
    if isinstance(problem, OSError):
        return str(problem)
    return f"an answer that breaks the contract ({type(problem).__name__})"
