"""A service of the operator's that answers questions in JSON: a register behind HTTP.

Every question is a POST, so that no number is in a URL. An answer that breaks the contract is the same as no
answer. What went wrong is logged, without the question.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from idp.outbound.circuit_breaker import CircuitBreaker
from idp.outbound.client import Outbound
from idp.settings import HttpService, SettingsWrong, read_token

log = logging.getLogger(__name__)

Read = TypeVar("Read")


class ServiceUnavailable(Exception):
    """The service cannot be asked now. Carries the cause, and no one's number or name."""


class JsonService:
    """One for each service and process; safe over threads."""

    def __init__(
        self, section: str, settings: HttpService, outbound: Outbound, clock: Callable[[], datetime]
    ) -> None:
        """`section`: of the settings. Raises SettingsWrong without an address, or for an unreadable token."""
        if not settings.url:
            raise SettingsWrong(f"{section}.url: the http register needs an address")
        self._section = section
        self._url = settings.url.rstrip("/")
        self._timeout_seconds = settings.timeout_seconds
        self._outbound = outbound
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        token = read_token(f"{section}.token_file", settings.token_file)
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._breaker = CircuitBreaker(
            failures=settings.failures_before_open, open_seconds=settings.open_seconds, clock=clock
        )

    def ask(self, resource: str, question: Mapping[str, str], read: Callable[[Any], Read]) -> Read | None:
        """None for 404, which says that there is no such thing. Raises ServiceUnavailable.

        `read` makes the answer of the JSON, and raises ValueError, LookupError or TypeError for another form.
        """
        if not self._breaker.allows():
            raise ServiceUnavailable("the circuit is open")
        try:
            status, body = self._post(resource, json.dumps(question).encode())
            if status not in {200, 404}:
                raise OSError(f"status {status}")
            answer = None if status == 404 else read(json.loads(body))
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as problem:
            self._breaker.failed()
            cause = _cause(problem)
            log.warning("the %s did not answer %s: %s", self._section, resource, cause)
            raise ServiceUnavailable(cause) from None
        self._breaker.succeeded()
        return answer

    def _post(self, resource: str, body: bytes) -> tuple[int, bytes]:
        answer = self._outbound.post(
            f"{self._url}/v1/{resource}",
            body=body,
            headers=self._headers,
            timeout_seconds=self._timeout_seconds,
        )
        return answer.status, answer.body


def _cause(problem: Exception) -> str:
    """For logs: an OSError tells of the network; parsers quote what they read, which may be a phone."""
    if isinstance(problem, OSError):
        return str(problem)
    return f"an answer that breaks the contract ({type(problem).__name__})"
