"""The requests of each case, prepared as bytes: the same builder for our provider and for the peer."""

import json
import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from bench.protocol.load import ask
from idp.crypto.digests import base64url, digest, new_secret
from idp.oidc.keys.algorithms import ALGORITHMS, P256_BYTES

BASIC, SIGNED = "bench-basic", "bench-signed"
"""Clients: one with a secret, one with a key."""
REDIRECT_URI = "https://client.example/callback"
SCOPE = "openid profile"
OFFLINE_SCOPE = f"{SCOPE} offline_access"
VERIFIER = "v" * 43
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS = 280
"""How long what is prepared here is good for."""
TOKENS = 16
"""Different ones that a case goes round with, so that no row or key is alone hot."""


class Key:
    """A client's own P-256 key."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        numbers = self._private.public_key().public_numbers()
        x, y = (base64url(part.to_bytes(P256_BYTES, "big")) for part in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        return self._private.public_key()

    @property
    def private_jwk(self) -> dict[str, str]:
        """With its private part, and as a provider's signing key."""
        value = self._private.private_numbers().private_value.to_bytes(P256_BYTES, "big")
        return {**self.jwk, "d": base64url(value), "use": "sig", "alg": "ES256", "kid": "bench"}

    def sign(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        parts = ({"alg": "ES256", **header}, claims)
        text = ".".join(base64url(json.dumps(part).encode()) for part in parts)
        return f"{text}.{base64url(ALGORITHMS['ES256'].sign(self._private, text.encode('ascii')))}"


@dataclass(frozen=True, slots=True)
class Side:
    """A provider under load."""

    issuer: str
    address: tuple[str, int]
    paths: Mapping[str, str]
    cookie: str
    """Of a browser that is signed in and has agreed to what both clients ask."""
    secret: str
    key: Key
    """Of the client that signs."""
    resource: str | None
    """What must be named for a JWT access token; None where every access token is one."""
    copies: Callable[[str, str, int, str], list[str]]
    """(client, a code, how many, scope) -> codes like that one."""

    def get(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> bytes:
        asked = f"{self.paths[path]}?{urlencode(query)}" if query else self.paths[path]
        return self._written(f"GET {asked}", headers, "")

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> bytes:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._written(f"POST {self.paths[path]}", headers, urlencode(form))

    def _written(self, first: str, headers: Mapping[str, str], body: str) -> bytes:
        given = {"Host": self.issuer.partition("//")[2], "User-Agent": "bench", "Accept": "*/*", **headers}
        if body:
            given["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        return f"{first} HTTP/1.1\r\n{lines}\r\n{body}".encode()

    @property
    def basic(self) -> str:
        return "Basic " + b64encode(f"{BASIC}:{quote(self.secret)}".encode()).decode()

    def authorize(self, client: str, *, for_resource: bool) -> bytes:
        asked = {
            "client_id": client,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": SCOPE,
            "state": "a-state-of-the-client",
            "nonce": "a-nonce-of-the-client",
            "code_challenge": digest(VERIFIER),
            "code_challenge_method": "S256",
            **self.named(for_resource),
        }
        return self.get("authorize", asked, Cookie=self.cookie)

    def named(self, for_resource: bool) -> dict[str, str]:
        return {"resource": self.resource} if for_resource and self.resource else {}

    def codes(self, client: str, count: int, scope: str = SCOPE, *, for_resource: bool = True) -> list[str]:
        """As many codes as one real request's, which tells what they are like."""
        status, head, body = ask(self.address, self.authorize(client, for_resource=for_resource))
        found = re.search(rb"(?i)\r\nlocation: *(\S+)", head)
        fields = parse_qs(urlsplit(found[1].decode()).query) if found else {}
        if "code" not in fields:
            raise RuntimeError(f"{status} instead of a code: {head!r} {body[:1000]!r}")
        return self.copies(client, fields["code"][0], count, scope)

    def tokens(self, scope: str = SCOPE, *, for_resource: bool = True) -> list[dict[str, Any]]:
        """What `TOKENS` codes are exchanged for."""
        found = []
        for code in self.codes(BASIC, TOKENS, scope, for_resource=for_resource):
            status, _, body = ask(self.address, self.post("token", code_form(code), Authorization=self.basic))
            if status != 200:
                raise RuntimeError(f"{status} instead of tokens: {body!r}")
            found.append(json.loads(body))
        return found


def code_form(code: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }


def assertion(side: Side) -> str:
    """A client assertion (RFC 7523), good once."""
    now = int(time.time())
    claims = {"iss": SIGNED, "sub": SIGNED, "aud": side.issuer, "jti": new_secret(16)}
    return side.key.sign({}, {**claims, "iat": now, "exp": now + SECONDS})


def proof(side: Side, key: Key) -> str:
    """A DPoP proof (RFC 9449) for the token endpoint, good once."""
    claims = {"jti": new_secret(16), "htm": "POST", "htu": side.issuer + side.paths["token"]}
    return key.sign({"typ": "dpop+jwt", "jwk": key.jwk}, {**claims, "iat": int(time.time())})


def client_credentials(side: Side, count: int) -> list[bytes]:
    form = {"grant_type": "client_credentials", **side.named(True)}
    return [side.post("token", form, Authorization=side.basic)] * count


def code(side: Side, count: int) -> list[bytes]:
    return [
        side.post("token", code_form(code), Authorization=side.basic) for code in side.codes(BASIC, count)
    ]


def code_refresh(side: Side, count: int) -> list[bytes]:
    codes = side.codes(BASIC, count, OFFLINE_SCOPE)
    return [side.post("token", code_form(code), Authorization=side.basic) for code in codes]


def code_dpop(side: Side, count: int) -> list[bytes]:
    key = Key()
    return [
        side.post("token", code_form(code), Authorization=side.basic, DPoP=proof(side, key))
        for code in side.codes(BASIC, count)
    ]


def code_signed(side: Side, count: int) -> list[bytes]:
    return [
        side.post(
            "token",
            {**code_form(code), "client_assertion_type": ASSERTION, "client_assertion": assertion(side)},
        )
        for code in side.codes(SIGNED, count)
    ]


def refresh(side: Side, count: int) -> list[bytes]:
    """A confidential client keeps its refresh token, so the same ones come again and again."""
    forms = (
        {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        for tokens in side.tokens(OFFLINE_SCOPE)
    )
    return _round((side.post("token", form, Authorization=side.basic) for form in forms), count)


def introspection(side: Side, count: int) -> list[bytes]:
    found = side.tokens(for_resource=False)
    requests = (
        side.post("introspection", {"token": tokens["access_token"]}, Authorization=side.basic)
        for tokens in found
    )
    return _round(requests, count)


def userinfo(side: Side, count: int) -> list[bytes]:
    found = side.tokens(for_resource=False)
    requests = (side.get("userinfo", Authorization=f"Bearer {tokens['access_token']}") for tokens in found)
    return _round(requests, count)


def jwks(side: Side, count: int) -> list[bytes]:
    return [side.get("jwks")] * count


def discovery(side: Side, count: int) -> list[bytes]:
    return [side.get("discovery")] * count


def authorize(side: Side, count: int) -> list[bytes]:
    return [side.authorize(BASIC, for_resource=False)] * count


def _round(requests: Any, count: int) -> list[bytes]:
    return list(islice(cycle(requests), count))


@dataclass(frozen=True, slots=True)
class Case:
    """`build`: of a side and a number, so many requests, each good once."""

    name: str
    build: Callable[[Side, int], list[bytes]]
    status: int = 200


CASES = (
    Case("client_credentials", client_credentials),
    Case("code", code),
    Case("code, refresh token", code_refresh),
    Case("code, DPoP", code_dpop),
    Case("code, private_key_jwt", code_signed),
    Case("refresh", refresh),
    Case("introspection", introspection),
    Case("userinfo", userinfo),
    Case("authorize, session", authorize, 303),
    Case("JWKS", jwks),
    Case("discovery", discovery),
)
