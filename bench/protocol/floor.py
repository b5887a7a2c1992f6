"""The floor: what cannot be left out of a request, alone, in one process and without any HTTP.

The signatures made and checked, the single-use commands at the store, the durable event, and the row of
a grant with offline access. No parsing, no client, no rules, no JSON of an answer.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from bench.protocol.meters import LOAD_CORE, SERVER_CORE, pin
from bench.protocol.seeding import Collected
from bench.protocol.wire import BASIC, Key
from idp.audit.context import AuditContext
from idp.audit.events.protocol import TokenIssued
from idp.audit.log import record_with
from idp.crypto.digests import digest, from_base64url, new_secret
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.keys.jwt import ACCESS_TOKEN, ID_TOKEN
from idp.oidc.provider import Provider
from idp.oidc.token import offline_beginnings
from idp.oidc.token.codes import Authorization

Deed = Callable[[str], None]
"""Of a key that nobody else is given."""
SECONDS = 600


@dataclass(frozen=True, slots=True)
class Measured:
    requests: int
    seconds: float
    cpu_seconds: float


class Floor:
    """Its cases have the names of `wire.CASES`; what signs nothing and keeps nothing has no floor."""

    def __init__(self, provider: Provider, store_url: str, authorization: Authorization) -> None:
        self._provider = provider
        self._store_url = store_url
        self._authorization = authorization
        key = Key()
        self._foreign = key.sign({"typ": "dpop+jwt", "jwk": key.jwk}, {"jti": new_secret(16), "iat": 0})
        self._foreign_key = key.public
        self._own = provider.keys.current().signer("ES256", provider.clock())
        self._access_token = self._own.sign(self._claims(), typ=ACCESS_TOKEN)
        self.deeds: dict[str, Deed] = {
            "client_credentials": self._client_credentials,
            "code": self._code,
            "code, refresh token": self._code_refresh,
            "code, DPoP": self._code_once,
            "code, private_key_jwt": self._code_once,
            "refresh": self._refresh,
            "introspection": self._introspection,
            "userinfo": self._userinfo,
            "authorize, session": self._authorize,
        }

    def measure(self, name: str, count: int, *, threads: int) -> Measured:
        keys = self._seeded(count)
        pin(SERVER_CORE)  # the workers inherit it
        try:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(self._provider.store.get, keys[:threads]))  # a connection each
                cpu, began = time.process_time(), time.perf_counter()
                parts = [keys[number::threads] for number in range(threads)]
                for done in [pool.submit(_each, self.deeds[name], part) for part in parts]:
                    done.result()
                seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        finally:
            pin(LOAD_CORE)
        return Measured(count, seconds, cpu)

    def _seeded(self, count: int) -> Sequence[str]:
        keys = [f"floor:{new_secret()}" for _ in range(count)]
        collected = Collected(self._provider.clock)
        for key in keys:
            collected.put(key, b"x" * 700, seconds=SECONDS)  # about as long as what a code stands for
        collected.hand_on(self._provider.store, self._store_url)
        return keys

    def _client_credentials(self, _key: str) -> None:
        self._own.sign(self._claims(), typ=ACCESS_TOKEN)
        self._append()

    def _code(self, key: str) -> None:
        if self._provider.store.take(key) is None:
            raise RuntimeError("a key was given to nobody, or twice")
        self._sign_both()
        self._append()

    def _code_refresh(self, key: str) -> None:
        provider = self._provider
        provider.store.take(key)
        self._sign_both()
        row = offline_beginnings.row(
            digest(key), self._authorization, {}, provider.clock(), idle=timedelta(days=1)
        )
        record_with(provider.engine, offline_beginnings.NEW, row, self._event(), context=self._context())

    def _code_once(self, key: str) -> None:
        self._verify_foreign()
        self._provider.store.add_once(f"{key}:jti", b"", seconds=SECONDS)
        self._code(key)

    def _refresh(self, _key: str) -> None:
        self._sign_both()
        self._append()

    def _introspection(self, key: str) -> None:
        self._provider.keys.current().read(self._access_token, typ=ACCESS_TOKEN)
        self._provider.store.get(key)

    def _userinfo(self, key: str) -> None:
        self._introspection(key)
        self._append()

    def _authorize(self, key: str) -> None:
        self._provider.store.put(f"{key}:grant", b"x" * 120, seconds=SECONDS)
        self._provider.store.put(f"{key}:code", b"x" * 700, seconds=SECONDS)
        self._append()

    def _sign_both(self) -> None:
        self._own.sign(self._claims(), typ=ACCESS_TOKEN)
        self._own.sign(self._claims(), typ=ID_TOKEN)

    def _verify_foreign(self) -> None:
        signed, _, signature = self._foreign.rpartition(".")
        ALGORITHMS["ES256"].verify(self._foreign_key, from_base64url(signature), signed.encode("ascii"))

    def _append(self) -> None:
        self._provider.audit.append(self._event(), self._context())

    def _event(self) -> TokenIssued:
        grant = self._authorization
        return TokenIssued(
            BASIC, grant.person_id, "authorization_code", grant.scopes, digest("grant"), new_secret(16)
        )

    def _context(self) -> AuditContext:
        return AuditContext(at=self._provider.clock(), request_id=new_secret(12), address="127.0.0.1")

    def _claims(self) -> dict[str, object]:
        grant = self._authorization
        return {
            "iss": self._provider.issuer,
            "aud": self._provider.issuer,
            "exp": 1_800_000_000,
            "iat": 1_800_000_000,
            "jti": new_secret(16),
            "client_id": grant.client_id,
            "sub": grant.sub,
            "scope": " ".join(grant.scopes),
            "auth_time": grant.auth_time,
            "acr": grant.acr,
            "amr": grant.amr,
            "sid": grant.sid,
            "grant": digest("grant"),
        }


def _each(deed: Deed, keys: Sequence[str]) -> None:
    for key in keys:
        deed(key)
