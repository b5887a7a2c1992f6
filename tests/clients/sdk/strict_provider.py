"""The tests' provider as a strict one is: requests are pushed, clients prove themselves by a key, tokens are
bound to one, refresh tokens rotate and are counted."""

import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, JWKRegistry
from joserfc.util import urlsafe_b64encode
from werkzeug.wrappers import Request, Response

from tests.clients.fake_provider import CLIENT_ID, Claims, FakeProvider, ec_key

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class StrictProvider(FakeProvider):
    client_key: ECKey = field(default_factory=lambda: ec_key("client"))
    dpop_key: ECKey = field(default_factory=lambda: ec_key("dpop"))
    nonce: str = "the-nonce"
    pushed: dict[str, Claims] = field(default_factory=dict)
    current: str = "refresh-0"
    """The one refresh token that counts; its predecessor has the same successor."""
    refreshed: int = 0
    revoked: list[str] = field(default_factory=list)
    jtis: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.change_metadata = lambda metadata: metadata.update(
            require_pushed_authorization_requests=True,
            pushed_authorization_request_endpoint=f"{self.issuer}/par",
            revocation_endpoint=f"{self.issuer}/revoke",
        )

    def views(self) -> dict[str, Callable[[Request], Response]]:
        return {
            **super().views(),
            "/par": self._par,
            "/token": self._strict_token,
            "/userinfo": self._bound_userinfo,
            "/revoke": self._revoke,
        }

    def authorize_pushed(self, location: str) -> str:
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert set(query) == {"client_id", "request_uri"}, "only these two go through the browser"
        return self.authorize(f"{self.issuer}/authorize?{urlencode(self.pushed.pop(query['request_uri']))}")

    def _par(self, request: Request) -> Response:
        self._check_client(request)
        request_uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe()}"
        self.pushed[request_uri] = request.form.to_dict()
        return answered({"request_uri": request_uri, "expires_in": 60}, 201)

    def _strict_token(self, request: Request) -> Response:
        self._check_client(request)
        if (refused := self._proof_refused(request)) is not None:
            return refused
        if request.form["grant_type"] == "refresh_token":
            return self._refresh(request.form["refresh_token"])
        asked = self.codes.pop(request.form["code"])
        assert half(request.form["code_verifier"]) == asked["code_challenge"]
        assert asked["dpop_jkt"] == self.dpop_key.thumbprint()
        return answered({**self._tokens(), "id_token": self._id_token(asked), "refresh_token": self.current})

    def _refresh(self, given: str) -> Response:
        with self.lock:
            number = int(given.removeprefix("refresh-"))
            if given == self.current:
                self.refreshed += 1
                self.current = f"refresh-{number + 1}"
            elif self.current != f"refresh-{number + 1}":
                return answered({"error": "invalid_grant", "error_description": "It was used before."}, 400)
            return answered({**self._tokens(), "refresh_token": self.current})

    def _tokens(self) -> Claims:
        return {"access_token": "an-access-token", "token_type": "DPoP", "expires_in": 600}

    def _bound_userinfo(self, request: Request) -> Response:
        assert request.headers["Authorization"] == "DPoP an-access-token"
        claims = self._proof(request)
        assert claims["ath"] == urlsafe_b64encode(hashlib.sha256(b"an-access-token").digest()).decode()
        return answered({"sub": "the-person", **self.userinfo})

    def _revoke(self, request: Request) -> Response:
        self._check_client(request)
        self.revoked.append(request.form["token"])
        return Response(status=200)

    def _check_client(self, request: Request) -> None:
        assert "Authorization" not in request.headers
        assert all(len(values) == 1 for values in request.form.listvalues()), "a parameter comes twice"
        assert request.form["client_id"] == CLIENT_ID
        assert request.form["client_assertion_type"] == ASSERTION_TYPE
        claims = jwt.decode(request.form["client_assertion"], self.client_key, algorithms=["ES256"]).claims
        assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT_ID, CLIENT_ID, self.issuer)
        assert 0 < claims["exp"] - claims["iat"] <= 60
        self._once(claims["jti"])

    def _proof_refused(self, request: Request) -> Response | None:
        if self._proof(request).get("nonce", "") == self.nonce:
            return None
        refused = answered({"error": "use_dpop_nonce"}, 400)
        refused.headers["DPoP-Nonce"] = self.nonce
        return refused

    def _proof(self, request: Request) -> Claims:
        decoded = jwt.decode(request.headers["DPoP"], self.dpop_key, algorithms=["ES256"])
        assert decoded.header["typ"] == "dpop+jwt"
        key = JWKRegistry.import_key(decoded.header["jwk"])
        assert not key.is_private
        assert key.thumbprint() == self.dpop_key.thumbprint()
        assert decoded.claims["htm"] == request.method
        assert decoded.claims["htu"] == f"{self.issuer}{request.path}"
        self._once(decoded.claims["jti"])
        return dict(decoded.claims)

    def _once(self, jti: str) -> None:
        with self.lock:
            assert jti not in self.jtis
            self.jtis.add(jti)


def half(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()


def answered(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")
