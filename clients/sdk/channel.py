"""Requests to one provider, as one client: Authlib's client, kept within bounds.

Each request has a time limit, as a whole too, follows no redirect (a code or a token would follow it) and
reads so much of an answer and no more. Nothing is logged, as everything here is secret.
"""

import base64
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from urllib3.exceptions import HTTPError

from .dpop import Proofs, wants_nonce
from .errors import Busy, ProviderUnreachable, SignInRefused
from .registration import Registration
from .signing import client_assertion, private_key

ANSWER_BYTES = 1024 * 1024
TOO_MANY = 429
LONGEST_WAIT_SECONDS = 86_400
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Json = dict[str, Any]


class Channel:
    """A session of `requests` for each thread: they keep connections open, and are not for sharing."""

    def __init__(
        self,
        registration: Registration,
        *,
        timeout_seconds: float,
        clock: Callable[[], float],
        proofs: Proofs | None,
    ) -> None:
        self._client_id = registration.client_id
        self._method = registration.token_endpoint_auth_method
        self._timeout_seconds = timeout_seconds
        self._proofs = proofs
        self._authentication = _Authentication(registration, clock)
        self._of_thread = threading.local()

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Json:
        """A JSON object. Raises what `trouble` turns into ours; so does `post`."""
        # `auth`: or requests takes a password for that host from the user's .netrc, in place of our token.
        answer = self._session.request("GET", address, headers=dict(headers or {}), auth=_unchanged)
        answer.raise_for_status()
        return _object(answer)

    def post(self, address: str, form: Mapping[str, str]) -> Json:
        """With this client's authentication."""
        session = self._session
        answer: requests.Response = session.request(
            "POST", address, data=dict(form), auth=session.client_auth(self._method)
        )
        if answer.status_code >= 500:
            answer.raise_for_status()
        if answer.ok and not answer.content:
            # RFC 7009 section 2.2
            return {}
        found = _object(answer)
        if not answer.ok or "error" in found:
            description = found.get("error_description", "")
            raise OAuthError(str(found.get("error", "server_error")), str(description))
        return found

    @property
    def _session(self) -> "_Session":
        found: _Session | None = getattr(self._of_thread, "session", None)
        if found is None:
            found = _Session(self._client_id, self._timeout_seconds, self._proofs)
            found.register_client_auth_method((self._method, self._authentication))
            self._of_thread.session = found
        return found


class _Session(OAuth2Session):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, client_id: str, timeout_seconds: float, proofs: Proofs | None) -> None:
        super().__init__(client_id)
        self._timeout_seconds = timeout_seconds
        self._proofs = proofs
        # Nothing compressed: a small answer could become a large one.
        self.headers.update({"Accept": "application/json", "Accept-Encoding": "identity"})

    def request(self, method: str, url: str, **parameters: Any) -> requests.Response:
        answer: requests.Response = self._once(method, url, **parameters)
        # RFC 9449 section 8: the same again, with the nonce that came.
        if self._proofs is not None and wants_nonce(answer.status_code, answer.headers, answer.content):
            answer = self._once(method, url, **parameters)
        return answer

    def _once(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **parameters: Any
    ) -> Any:
        sent = dict(headers or {})
        if self._proofs is not None and method == "POST":
            sent["DPoP"] = self._proofs.proof(method, url)
        ends_at = time.monotonic() + self._timeout_seconds
        answer: requests.Response = super().request(
            method,
            url,
            headers=sent,
            stream=True,
            allow_redirects=False,
            timeout=self._timeout_seconds,
            **parameters,
        )
        self.cookies.clear()
        with answer:
            content = bytearray()
            # `read1`, as `iter_content` waits for a whole part, however slowly it trickles in.
            while part := answer.raw.read1(16 * 1024):
                content += part
                if len(content) > ANSWER_BYTES:
                    raise ValueError("the answer is too long")
                if time.monotonic() > ends_at:
                    raise requests.Timeout("the answer takes too long")
        answer._content = bytes(content)  # where requests itself keeps what it has read
        if self._proofs is not None:
            self._proofs.learn(url, answer.headers)
        if answer.status_code == TOO_MANY:
            raise Busy(_seconds(answer.headers.get("Retry-After", "")))
        if 300 <= answer.status_code < 400:
            raise ValueError("the provider redirects, where it has to answer")
        return answer


class _Authentication:
    """How the client proves itself, as Authlib calls it: puts it into a request."""

    def __init__(self, registration: Registration, clock: Callable[[], float]) -> None:
        self._registration = registration
        self._clock = clock
        self._key = None if registration.private_key is None else private_key(registration.private_key)

    def __call__(self, _auth: Any, _method: str, uri: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
        client_id, secret = self._registration.client_id, self._registration.client_secret
        if secret:
            # RFC 6749 section 2.3.1: each form-encoded by itself, which Authlib leaves out.
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
            return uri, headers, body
        # RFC 6749 section 3.2: no parameter twice, and a pushed request names the client by itself.
        added = {} if "client_id" in parse_qs(body) else {"client_id": client_id}
        if self._key is not None:
            assertion = client_assertion(self._key, client_id, self._registration.issuer, self._clock)
            added |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        text = "&".join(part for part in (body, urlencode(added)) if part)
        headers["Content-Length"] = str(len(text))
        return uri, headers, text


@contextmanager
def trouble() -> Iterator[None]:
    """What Authlib, requests and joserfc raise, as the few cases that a portal tells apart."""
    try:
        yield
    except OAuthError as error:
        raise SignInRefused(str(error.error), error.description or "") from None
    except (ValueError, KeyError, TypeError, JoseError):
        # Not JSON, or JSON of another shape than the specification's.
        raise ProviderUnreachable("server_error", "The provider's answer cannot be read.") from None
    except (requests.RequestException, HTTPError):
        raise ProviderUnreachable("temporarily_unavailable", "The provider cannot be reached.") from None


def _seconds(text: str) -> int | None:
    """Of `Retry-After`; as a date, which our provider never sends, it is not read."""
    return (
        min(int(text), LONGEST_WAIT_SECONDS) if text.isascii() and text.isdigit() and len(text) < 10 else None
    )


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _object(answer: requests.Response) -> Json:
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError("the answer is no JSON object")
    return found
