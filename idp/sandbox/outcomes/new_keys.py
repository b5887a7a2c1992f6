"""Keys that sign one ID token each, and are published from then on: an app has to look for them.

The private half is gone when the token is signed. The public one stands in the JWKS, which everybody fetches,
for an hour: what it has signed is for one app, and there is never a second token that it could open.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from idp.oidc.endpoints import discovery
from idp.oidc.http import Endpoint, Request, Response
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.keys.jwt import ID_TOKEN, Signer
from idp.storage.ephemeral import Clock, EphemeralStore
from idp.storage.outages import Outage

KEY: Final = "sandbox:new-keys"
SECONDS: Final = 3600
AT_ONCE: Final = 8
"""In the JWKS. Of the app that has the most of them the oldest goes: nobody else's is taken away by it."""
RACES: Final = 32


class TooBusy(Outage):
    """Others kept changing the list."""


@dataclass(frozen=True, slots=True)
class NewKeys:
    """All commands raise StoreUnavailable."""

    store: EphemeralStore
    clock: Clock

    def sign(self, signer: Signer, claims: Mapping[str, Any]) -> str:
        """As this key would, by one that nobody knows yet. It is published before the token leaves.

        Raises TooBusy.
        """
        # Slow to load, and needed by nobody else here.
        from idp.oidc.keys.making import public_jwk

        private = ALGORITHMS[signer.algorithm].generate()
        jwk = public_jwk(private, signer.algorithm, use="sig")
        token = Signer(jwk["kid"], signer.algorithm, private, (ID_TOKEN,)).sign(claims, typ=ID_TOKEN)
        self._publish(jwk, str(claims.get("aud", "")))
        return token

    def published(self) -> list[dict[str, Any]]:
        """Those of the last hour, oldest first."""
        return [one["jwk"] for one in self._alive(self.store.get(KEY))]

    def besides(self, jwks: Endpoint) -> Endpoint:
        """The JWKS with them at its end: who takes the first key gets one that signs."""

        def answer(request: Request) -> Response:
            response = jwks(request)
            found = self.published() if response.status == 200 and response.body else []
            if not found:
                return response
            keys = [*json.loads(response.body)["keys"], *found]
            return discovery.answer(json.dumps({"keys": keys}, separators=(",", ":")).encode(), request)

        return answer

    def _publish(self, jwk: dict[str, Any], audience: str) -> None:
        for _ in range(RACES):
            raw = self.store.get(KEY)
            entry = {"jwk": jwk, "for": audience, "until": self.clock().timestamp() + SECONDS}
            new = json.dumps(_fewer([*self._alive(raw), entry])).encode()
            if raw is None:
                kept = self.store.add_once(KEY, new, seconds=SECONDS)
            else:
                kept = self.store.replace(KEY, raw, new, seconds=SECONDS)
            if kept:
                return
        raise TooBusy

    def _alive(self, raw: bytes | None) -> list[dict[str, Any]]:
        now: datetime = self.clock()
        return [one for one in json.loads(raw or b"[]") if one["until"] > now.timestamp()]


def _fewer(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    while len(entries) > AT_ONCE:
        counts = Counter(one["for"] for one in entries)
        most = max(counts.values())
        entries.remove(next(one for one in entries if counts[one["for"]] == most))
    return entries
