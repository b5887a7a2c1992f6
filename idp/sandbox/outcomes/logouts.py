"""Logout tokens that a correct app refuses, and what it answered to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from idp.crypto.digests import new_secret
from idp.oidc.clients.metadata import Client
from idp.oidc.keys.jwt import LOGOUT_TOKEN
from idp.oidc.keys.ring import Ring
from idp.oidc.logout.back_channel import LogoutNotices, logout_claims
from idp.outbound import Answer
from idp.sandbox.outcomes import forging
from idp.sandbox.outcomes.catalogue import Place
from idp.sandbox.outcomes.forging import NOBODY, OTHER_ISSUER, Claims, Sign
from idp.sandbox.outcomes.scripts import Script, Scripts
from idp.sandbox.outcomes.sent_before import SentBefore
from idp.session_clients import Notice
from idp.storage.outbox import Delivery

HOUR: Final = 3600
NONCE_BYTES: Final = 16
REPLAYED: Final = "logout_replayed_jti"
REPLAYED_LATER: Final = "logout_replayed_later"
SUB_ALONE: Final = "logout_sub_alone"
CLAIMS: Final[Mapping[str, Callable[[Claims], Claims]]] = {
    "logout_wrong_aud": lambda claims: {**claims, "aud": NOBODY},
    "logout_wrong_iss": lambda claims: {**claims, "iss": OTHER_ISSUER},
    "logout_missing_events": lambda claims: {k: v for k, v in claims.items() if k != "events"},
    "logout_with_nonce": lambda claims: {**claims, "nonce": new_secret(NONCE_BYTES)},
    "logout_expired": lambda claims: {**claims, "iat": claims["iat"] - HOUR, "exp": claims["exp"] - HOUR},
    REPLAYED: lambda claims: claims,
    REPLAYED_LATER: lambda claims: claims,
    SUB_ALONE: lambda claims: {k: v for k, v in claims.items() if k != "sid"},
}
SIGNATURES: Final[Mapping[str, Sign]] = {
    "logout_bad_signature": forging.bad_signature,
    "logout_alg_none": forging.alg_none,
}


@dataclass(frozen=True, slots=True)
class PlayedLogouts:
    """What the worker calls for notices of ends, where there is a sandbox."""

    honest: LogoutNotices
    scripts: Scripts
    sent_before: SentBefore

    def __call__(self, delivery: Delivery) -> None:
        """Raises as `LogoutNotices` does."""
        client_id = Notice.read(delivery.payload).client_id
        script = self.scripts.find(client_id)
        outcome = None if script is None else script.at(Place.LOGOUT)
        before = self.sent_before.logout(client_id) if outcome == REPLAYED_LATER else None
        if script is None or outcome is None or (outcome == REPLAYED_LATER and before is None):
            self._told(client_id, self.honest)(delivery)
            return
        played = _Played(self.honest, self.scripts, script, outcome, before)
        telling = replace(self.honest, write=played.write, post=played.post)
        (self._told(client_id, telling) if outcome == SUB_ALONE else telling)(delivery)

    def _told(self, client_id: str, notices: LogoutNotices) -> LogoutNotices:
        """Notices that are right: what the app took is kept, to be played once more."""

        def post(uri: str, body: bytes, headers: dict[str, str]) -> Answer:
            answer = notices.post(uri, body, headers)
            if answer.status < 300:
                self.sent_before.keep_logout(client_id, body)
            return answer

        return replace(notices, post=post)


@dataclass(frozen=True, slots=True)
class _Played:
    honest: LogoutNotices
    scripts: Scripts
    script: Script
    outcome: str
    before: bytes | None
    """What is sent instead, as it was sent before."""

    def write(
        self, ring: Ring, issuer: str, client: Client, notice: Notice, pairwise_key: bytes, now: datetime
    ) -> str:
        """Raises KeysMissing."""
        claims: Mapping[str, Any] = logout_claims(issuer, client, notice, pairwise_key, now)
        signer = ring.signer(client.metadata.id_token_signed_response_alg, now)
        if self.outcome in SIGNATURES:
            return SIGNATURES[self.outcome](signer, claims, LOGOUT_TOKEN)
        return signer.sign(CLAIMS[self.outcome](claims), typ=LOGOUT_TOKEN)

    def post(self, uri: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Raises OutboundFailed."""
        status: int | None = None
        try:
            answer = self.honest.post(uri, body if self.before is None else self.before, headers)
            if self.outcome == REPLAYED and answer.status < 300:
                answer = self.honest.post(uri, body, headers)
            status = answer.status
        finally:
            self.scripts.observe_logout(self.script, self.outcome, status)
        return answer
