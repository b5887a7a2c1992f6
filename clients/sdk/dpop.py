"""Proofs that tokens are in the hands of whom they were issued to (DPoP, RFC 9449)."""

import base64
import hashlib
import json
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from .signing import PrivateKey, signed

NONCES_AT_MOST = 100
"""Origins whose last nonce is remembered: the provider, and the services that its tokens open."""
NONCE_CHARACTERS = 500
ASKS_FOR_NONCE = re.compile(r'\berror="?use_dpop_nonce"?')


class Proofs:
    """By one key; many threads may share it."""

    def __init__(self, key: PrivateKey, clock: Callable[[], float]) -> None:
        self._key = key
        self._public = key.as_dict(private=False)
        for name in ("kid", "use", "alg", "key_ops"):
            self._public.pop(name, None)
        self._clock = clock
        self._nonces: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def thumbprint(self) -> str:
        """`jkt` (RFC 7638), which an authorization request and a token name."""
        return str(self._key.thumbprint())

    def proof(self, method: str, url: str, access_token: str = "") -> str:
        """RFC 9449 section 4.2. With the `access_token` that goes along, at services."""
        parts = urlsplit(url)
        claims = {
            "jti": secrets.token_urlsafe(),
            "htm": method.upper(),
            "htu": f"{parts.scheme}://{parts.netloc}{parts.path}",
            "iat": int(self._clock()),
        }
        if access_token:
            digest = hashlib.sha256(access_token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        with self._lock:
            nonce = self._nonces.get(_origin(url))
        if nonce is not None:
            claims["nonce"] = nonce
        return signed(self._key, claims, typ="dpop+jwt", jwk=self._public)

    def learn(self, url: str, headers: Mapping[str, str]) -> None:
        """RFC 9449 section 8.2: each answer may bring the nonce for the next request there."""
        nonce = headers.get("DPoP-Nonce", "")
        if not 0 < len(nonce) <= NONCE_CHARACTERS:
            return
        with self._lock:
            self._nonces[_origin(url)] = nonce
            self._nonces.move_to_end(_origin(url))
            while len(self._nonces) > NONCES_AT_MOST:
                self._nonces.popitem(last=False)


def wants_nonce(status: int, headers: Mapping[str, str], content: bytes) -> bool:
    """Whether the request was refused for its nonce alone: by the provider (section 8) or by a service
    (9)."""
    if not headers.get("DPoP-Nonce"):
        return False
    if status == 401 and ASKS_FOR_NONCE.search(headers.get("WWW-Authenticate", "")):
        return True
    if status not in (400, 401):
        return False
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("error") == "use_dpop_nonce"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
