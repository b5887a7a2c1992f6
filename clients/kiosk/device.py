"""What a device does: ask for two codes, show one, and poll with the other until somebody has agreed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_BY_SECONDS = 5
TIMEOUT_SECONDS = 10.0
LONGEST_INTERVAL_SECONDS = 60
ALGORITHM = "ES256"
"""As it was registered, and no other."""


class NotSignedIn(Exception):
    """Nobody is. `error`: the OAuth error code, or one of ours."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class Codes:
    """Section 3.2."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class Device:
    """One registration at one provider, known from its discovery document alone."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        *,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        clock: Callable[[], float],
        http: requests.Session | None = None,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._sleep = sleep
        self._monotonic = monotonic
        self._clock = clock
        self._http = http or requests.Session()
        self._metadata: Mapping[str, Any] = self._read(f"{issuer}/.well-known/openid-configuration")
        if self._metadata.get("issuer") != issuer:
            raise NotSignedIn("invalid_issuer")

    def begin(self, scope: str) -> Codes:
        """Raises NotSignedIn."""
        answer = self._post("device_authorization_endpoint", {"scope": scope})
        if "device_code" not in answer:
            raise NotSignedIn(str(answer.get("error", "server_error")))
        return Codes(
            device_code=answer["device_code"],
            user_code=answer["user_code"],
            verification_uri=answer["verification_uri"],
            verification_uri_complete=answer.get("verification_uri_complete", answer["verification_uri"]),
            expires_in=answer["expires_in"],
            interval=answer.get("interval", 5),
        )

    def wait(self, codes: Codes) -> Mapping[str, Any]:
        """The claims of the person who agreed. Raises NotSignedIn. Section 3.5."""
        interval, ends = codes.interval, self._monotonic() + codes.expires_in
        while self._monotonic() < ends:
            self._sleep(interval)
            form = {"grant_type": GRANT_TYPE, "device_code": codes.device_code}
            try:
                answer = self._post("token_endpoint", form)
            except (requests.ConnectionError, requests.Timeout):
                # Section 3.5: when no answer comes, less and less often.
                interval = min(interval * 2, LONGEST_INTERVAL_SECONDS)
                continue
            if "id_token" in answer:
                return self._claims(str(answer["id_token"]))
            error = str(answer.get("error", "server_error"))
            if error == "slow_down":
                interval += SLOWER_BY_SECONDS
            elif error != "authorization_pending":
                raise NotSignedIn(error)
        raise NotSignedIn("expired_token")

    def _claims(self, id_token: str) -> Mapping[str, Any]:
        """OpenID Connect Core 1.0 section 3.1.3.7."""
        keys = KeySet.import_key_set(self._read(str(self._metadata["jwks_uri"])))  # type: ignore[arg-type]
        try:
            claims = jwt.decode(id_token, keys, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            raise NotSignedIn("invalid_id_token") from None
        is_for_us = claims.get("iss") == self._issuer and claims.get("aud") in (
            self._client_id,
            [self._client_id],
        )
        expires_at = claims.get("exp")
        if not is_for_us or not isinstance(expires_at, int) or expires_at <= self._clock():
            raise NotSignedIn("invalid_id_token")
        return claims

    def _post(self, endpoint: str, form: Mapping[str, str]) -> dict[str, Any]:
        answer = self._http.post(
            str(self._metadata[endpoint]),
            data={"client_id": self._client_id, **form},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        found: dict[str, Any] = answer.json()
        return found

    def _read(self, address: str) -> dict[str, Any]:
        answer = self._http.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
