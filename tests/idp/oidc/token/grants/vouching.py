"""A gateway that the operator trusts, and what it says of people."""

import json
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from joserfc.jwk import Key

from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.fields.exchange import JWT_BEARER
from idp.oidc.http import Response
from idp.settings import AssertionIssuer
from tests.idp.oidc.clients.signing import ISSUER, jwks_of, new_key, signed
from tests.idp.oidc.registration.registering import answering
from tests.idp.oidc.token.exchange.exchanging import AT_ARCHIVE, Exchange, opened
from tests.idp.oidc.world import HALL, SECRETS, World, basic

GATEWAY, JWKS_URI = "https://gateway.example.gov.cn", "https://gateway.example.gov.cn/jwks"
GRANTS = ["authorization_code", "refresh_token", JWT_BEARER]
OFFLINE = "openid profile offline_access"
NUMBERS = count()


@dataclass
class Gateway:
    world: World
    exchange: Exchange
    key: Key

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Those of a fair assertion; None takes a claim away."""
        now = int(self.world.clock().timestamp())
        claims: dict[str, Any] = {
            "iss": GATEWAY,
            "sub": self.exchange.sub(HALL),
            "client_id": HALL,
            "aud": ISSUER,
            "iat": now,
            "exp": now + 60,
            "jti": f"vouched-{next(NUMBERS)}",
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def says(self, **changes: Any) -> str:
        return signed(self.key, self.claims(**changes))

    def ask(self, assertion: str, client_id: str = HALL, **more: str) -> Response:
        values = {"grant_type": JWT_BEARER, "assertion": assertion, **more}
        who = basic(client_id, SECRETS[client_id])
        return self.world.post("/oauth2/token", values, authorization=who)

    def made(self, **more: str) -> dict[str, Any]:
        answer = self.ask(self.says(), **more)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def refused(self, assertion: str | None = None, client_id: str = HALL, **more: str) -> str:
        answer = self.ask(self.says() if assertion is None else assertion, client_id, **more)
        assert answer.status == 400, answer.body
        return str(json.loads(answer.body)["error"])

    def trust(self, **changes: Any) -> None:
        """Of the settings."""
        fields = {"issuer": GATEWAY, "jwks_uri": JWKS_URI, "clients": (HALL,), "scope": "openid profile"}
        trusted = {"gateway": AssertionIssuer.model_validate({**fields, **changes})}
        provider = self.world.provider
        protocol = provider.protocol.model_copy(update={"assertion_issuers": trusted})
        fetch = answering({JWKS_URI: jwks_of(self.key)})
        keys = ClientKeys(fetch, self.world.clock)
        self.world.provider = replace(provider, protocol=protocol, fetch=fetch, issuer_keys=keys)
        self.world.__post_init__()

    def signed_in(self, resource: str | None = AT_ARCHIVE, scope: str = OFFLINE) -> dict[str, Any]:
        """The person signs in at the hall, and leaves something open to it; what the hall gets."""
        answer = self.world.token(self.world.code(HALL, scope=scope, resource=resource))
        found: dict[str, Any] = json.loads(answer.body)
        return found


def gateway_of(world: World) -> Gateway:
    found = Gateway(world, opened(world), new_key())
    found.exchange.register(HALL, grant_types=GRANTS)
    found.trust()
    return found
