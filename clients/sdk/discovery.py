"""What the provider publishes of itself: metadata and keys, read anew once an hour."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from .channel import Channel, trouble
from .errors import AnswerRejected
from .registration import is_confidential

KEPT_SECONDS = 3600
"""A key that the provider withdrew is believed no longer than that."""
KEYS_ANEW_SECONDS = 60
"""Anybody can name a key that nobody has: it makes us ask the provider this often at most."""
NEEDED = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")
ASKED = ("pushed_authorization_request_endpoint", "revocation_endpoint")
TOKEN_CHARACTERS = 64 * 1024


class NotSigned(Exception):
    """No signature of the provider's holds the token. `args` say why, for a developer."""


class Discovery:
    """One thread reads, the others wait for what it got; what cannot be used is not kept."""

    def __init__(self, issuer: str, channel: Channel, monotonic: Callable[[], float]) -> None:
        self._issuer = issuer
        self._channel = channel
        self._monotonic = monotonic
        self._metadata: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._asked_anew_at: float | None = None
        self._lock = threading.RLock()

    def metadata(self) -> Mapping[str, Any]:
        """Raises AnswerRejected, ProviderUnreachable."""
        with self._lock, trouble():
            if self._metadata is None or self._is_old(self._metadata[0]):
                address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
                self._metadata = (self._monotonic(), self._checked(self._channel.get(address)))
                self._keys = None
            return self._metadata[1]

    def endpoint(self, name: str) -> str | None:
        found = self.metadata().get(name)
        return None if found is None else str(found)

    def needed_endpoint(self, name: str) -> str:
        return str(self.metadata()[name])

    def verified(self, token: str, algorithm: str) -> jwt.Token:
        """A JWT that the provider signed, by that algorithm. Raises NotSigned, and as `metadata` does."""
        if len(token) > TOKEN_CHARACTERS:
            raise NotSigned("the token is too long")
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError, TypeError, RecursionError):
            raise NotSigned("it is no JWT") from None
        if header.get("alg") != algorithm:
            raise NotSigned(f"it is not signed with {algorithm}, the algorithm that was registered")
        key = self._key(header.get("kid"))
        try:
            return jwt.decode(token, key, algorithms=[algorithm])
        except (JoseError, ValueError, TypeError, RecursionError):
            raise NotSigned("the signature is not by the provider's key") from None

    def _key(self, kid: object) -> Key:
        if kid is not None and not isinstance(kid, str):
            raise NotSigned("its kid is not text")
        if (found := _found(self._key_set(), kid)) is not None:
            return found
        with self._lock:
            now = self._monotonic()
            if self._asked_anew_at is None or now - self._asked_anew_at >= KEYS_ANEW_SECONDS:
                self._asked_anew_at = now
                self._keys = None
            if (found := _found(self._key_set(), kid)) is not None:
                return found
        raise NotSigned("the provider publishes no key of that kid")

    def _key_set(self) -> KeySet:
        with self._lock:
            address = self.needed_endpoint("jwks_uri")
            if self._keys is None or self._is_old(self._keys[0]):
                with trouble():
                    try:
                        keys = KeySet.import_key_set(self._channel.get(address))  # type: ignore[arg-type]
                    except AttributeError as error:
                        raise ValueError("the provider's keys cannot be read") from error
                self._keys = (self._monotonic(), keys)
            return self._keys[1]

    def _checked(self, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        # OpenID Connect Discovery 1.0 section 4.3
        if metadata.get("issuer") != self._issuer:
            raise AnswerRejected("invalid_issuer", "The metadata is of another issuer.")
        for name in (*NEEDED, *ASKED):
            found = metadata.get(name)
            if found is None and name in ASKED:
                continue
            if not isinstance(found, str) or not is_confidential(found):
                raise ValueError(f"the metadata has no usable {name}")
        return metadata

    def _is_old(self, read_at: float) -> bool:
        return self._monotonic() - read_at > KEPT_SECONDS


def _found(keys: KeySet, kid: str | None) -> Key | None:
    """Without a kid only where there is no choice: OpenID Connect Core 1.0 section 10.1."""
    fitting = [key for key in keys if key.get("use") in (None, "sig")]
    if kid is None:
        return fitting[0] if len(fitting) == 1 else None
    return next((key for key in fitting if key.kid == kid), None)
