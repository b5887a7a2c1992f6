"""Authlib's client, held to one provider and one registration."""

from collections.abc import Callable
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from clients.sdk.errors import AnswerRejected

KEPT_SECONDS = 3600
"""Authlib keeps the provider's keys until the process ends; one that the provider withdrew would be
believed as long."""
NEEDED = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")


class OpenIDClient(FlaskOAuth2App):  # type: ignore[misc]  # Authlib has no types
    """Reads metadata and keys anew once an hour, keeps none that it cannot use, and narrows the
    algorithms to the one that was registered."""

    def hold_to(self, issuer: str, algorithm: str, *, monotonic: Callable[[], float]) -> None:
        """To be called first. Authlib makes the objects by itself: no arguments of ours get through."""
        self._issuer = issuer
        self._algorithm = algorithm
        self._monotonic = monotonic
        self._read_at: float | None = None

    def load_server_metadata(self) -> dict[str, Any]:
        """Raises AnswerRejected, ValueError when it cannot be used, and what `requests` raises."""
        if self._read_at is None or self._monotonic() - self._read_at > KEPT_SECONDS:
            self._forget("_loaded_at", "jwks")
        if "_loaded_at" not in self.server_metadata:
            super().load_server_metadata()
            self._read_at = self._monotonic()
        metadata: dict[str, Any] = self.server_metadata
        # OpenID Connect Discovery 1.0 section 4.3
        if metadata.get("issuer") != self._issuer:
            self._forget("_loaded_at")
            raise AnswerRejected("invalid_issuer", "The metadata is of another issuer.")
        if missing := [name for name in NEEDED if not isinstance(metadata.get(name), str)]:
            self._forget("_loaded_at")
            raise ValueError(f"the metadata lacks {', '.join(missing)}")
        # OpenID Connect Core 1.0 section 3.1.3.7, 7: the one that was registered, not all that the
        # provider is able to.
        return {**metadata, "id_token_signing_alg_values_supported": [self._algorithm]}

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:
        """Raises ValueError when it cannot be used, and what `requests` raises."""
        found: dict[str, Any] = super().fetch_jwk_set(force)
        try:
            KeySet.import_key_set(found)  # type: ignore[arg-type]  # what came is what is looked at
        except (JoseError, TypeError, KeyError, AttributeError) as error:
            self._forget("jwks")
            raise ValueError("the provider's keys cannot be read") from error
        return found

    def _forget(self, *names: str) -> None:
        for name in names:
            self.server_metadata.pop(name, None)
