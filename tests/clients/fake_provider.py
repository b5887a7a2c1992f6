"""A provider in a hundred lines, over real HTTP with real signatures, that can be told to lie.

The relying party's checks are only worth something against answers that a real signature holds up:
what is wrong with an answer here is always one thing.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64encode
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

CLIENT_ID = "tax"
CLIENT_SECRET = "a-secret-of-the-test"
Claims = dict[str, Any]


def ec_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


@dataclass
class FakeProvider:
    """Honest unless a field below says otherwise."""

    issuer: str = ""
    level: int | None = None
    """The level that is reached; None: the one that was asked."""
    age: int = 60
    """Seconds since the person proved who they are."""
    published: list[Any] = field(default_factory=lambda: [ec_key("first")])
    signing_key: Any = None
    """None: the first of the published ones."""
    algorithm: str = "ES256"
    change_claims: Callable[[Claims], None] = lambda _claims: None
    change_metadata: Callable[[Claims], None] = lambda _metadata: None
    change_token: Callable[[Claims], None] = lambda _token: None
    userinfo: Claims = field(
        default_factory=lambda: {"name": "张三", "resident_number": "11010119900307803X"}
    )
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Path -> what is said there instead."""
    seen: list[str] = field(default_factory=list)
    codes: dict[str, Claims] = field(default_factory=dict)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.seen.append(request.path)
        if request.path in self.answers:
            status, body = self.answers[request.path]
            response = Response(body, status, mimetype="application/json")
        else:
            response = self.views()[request.path](request)
        return response(environ, start_response)

    def views(self) -> dict[str, Callable[[Request], Response]]:
        return {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": self._jwks,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }

    def authorize(self, location: str, **changes: str | None) -> str:
        """What the person's browser does at the authorization endpoint; the address it is sent back to.

        `changes` alters the answer's parameters; None leaves one out.
        """
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.issuer}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer, **changes}
        query = urlencode({name: value for name, value in answer.items() if value is not None})
        return f"{asked['redirect_uri']}?{query}"

    def _discovery(self, _request: Request) -> Response:
        metadata: Claims = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end_session",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
        }
        self.change_metadata(metadata)
        return _json(metadata)

    def _jwks(self, _request: Request) -> Response:
        return _json({**KeySet(self.published).as_dict(private=False)})

    def _token(self, request: Request) -> Response:
        basic = request.authorization
        assert basic is not None
        assert (basic.username, basic.password) == (CLIENT_ID, CLIENT_SECRET)
        asked = self.codes.pop(request.form["code"], None)
        if asked is None:
            error = {
                "error": "invalid_grant",
                "error_description": "The code is not valid. (reference ABC234)",
            }
            return _json(error, 400)
        assert request.form["redirect_uri"] == asked["redirect_uri"]
        assert _half(request.form["code_verifier"], 32) == asked["code_challenge"]
        token = {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 600}
        token["id_token"] = self._id_token(asked)
        self.change_token(token)
        return _json(token)

    def _id_token(self, asked: Claims) -> str:
        now = int(time.time())
        level = self.level or int(asked["acr_values"][-1])
        claims: Claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "the-person",
            "sid": "the-session",
            "iat": now,
            "exp": now + 600,
            "auth_time": now - self.age,
            "nonce": asked["nonce"],
            "acr": f"urn:yitong:acr:{level}",
            "amr": ["pwd", "face"],
            "at_hash": _half("an-access-token", 16),
        }
        self.change_claims(claims)
        key = self.signing_key or self.published[0]
        header = {"alg": self.algorithm, "kid": key.kid}
        if self.algorithm == "none":
            parts = (urlsafe_b64encode(json.dumps(part).encode()).decode() for part in (header, claims))
            return ".".join((*parts, ""))
        registry = JWSRegistry(algorithms=[self.algorithm])
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key, registry=registry)

    def logout_token(self, **changes: Any) -> str:
        """What the provider posts when the session is over; None leaves a claim out.

        `key`, `header`: instead of the right ones.
        """
        now = int(time.time())
        key = changes.pop("key", self.published[0])
        header = changes.pop("header", {"alg": self.algorithm, "kid": key.kid, "typ": "logout+jwt"})
        claims: Claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            "sub": "the-person",
            "sid": "the-session",
            **changes,
        }
        registry = JWSRegistry(algorithms=[header["alg"]])
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key, registry=registry)

    def _userinfo(self, request: Request) -> Response:
        assert request.headers["Authorization"] == "Bearer an-access-token"
        return _json({"sub": "the-person", **self.userinfo})


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serving(provider: FakeProvider) -> Iterator[FakeProvider]:
    """On a free port of this machine, as long as the block runs."""
    server = make_server("127.0.0.1", 0, provider, threaded=True, request_handler=_Silent)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shared_secret_key() -> OctKey:
    """The client's secret as a key: what an answer signed with HS256 would be checked by."""
    return OctKey.import_key(CLIENT_SECRET.encode(), {"kid": "first"})


def rsa_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def _half(text: str, length: int) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()[:length]).decode()


def _json(value: Claims, status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")
