"""The endpoints, as one function of a request. It asks nobody who they are: one citizen is always there."""

import hashlib
import json
import threading
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from html import escape
from secrets import token_urlsafe
from typing import TypeVar
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from ..browser import Browser
from ..lies import Lie, LogoutLie
from ..provider import Citizen, Notified
from ..wire import Answer, Fetch, Sent
from . import tokens
from .cors import shared
from .keys import Keys, encoded
from .tokens import Claims, SignedIn

REMEMBERED = 500
BY_THE_BROWSER = (Lie.WRONG_STATE, Lie.NO_STATE, Lie.WRONG_ANSWER_ISS, Lie.NO_ANSWER_ISS)
"""It changes its answers on the way by itself."""
V = TypeVar("V")
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


class LocalProvider:
    """For one run at a time; requests may come in several threads."""

    def __init__(
        self,
        issuer: str,
        fetch: Fetch,
        clock: Callable[[], float],
        algorithm: str = "ES256",
        scripts_of: Collection[str] = (),
    ) -> None:
        """`fetch` brings logout tokens to the application. `scripts_of`: origins whose pages may ask by
        scripts. Raises ValueError."""
        self.issuer = issuer.rstrip("/")
        self._fetch = fetch
        self._scripts_of = frozenset(scripts_of)
        self._clock = clock
        self._keys = Keys(algorithm)
        self._lie: Lie | None = None
        self._codes: dict[str, SignedIn] = {}
        self._pushed: dict[str, dict[str, str]] = {}
        self._access: dict[str, SignedIn] = {}
        self._last: SignedIn | None = None
        self._last_notice = ""
        self._counts: Counter[str] = Counter()
        self._secrets: set[str] = set()
        self._client_secret = ""
        self._lock = threading.RLock()

    # What the checks ask for

    @property
    def citizen(self) -> Citizen | None:
        return None

    def tell(self, lie: Lie | None) -> bool:
        if lie in BY_THE_BROWSER or (lie is Lie.MAC_WITH_CLIENT_SECRET and not self._client_secret):
            return False
        self._lie = lie
        return True

    def counted(self, endpoint: str) -> int | None:
        return self._counts[endpoint]

    def secrets(self) -> frozenset[str]:
        return frozenset(self._secrets)

    def notify(self, uri: str, lie: LogoutLie, browser: Browser) -> Notified | None:
        if lie is not LogoutLie.REPLAYED:
            if self._last is None:
                return None
            now = int(self._clock())
            self._last_notice = tokens.logout_token(self._keys, self.issuer, self._last, lie, now)
        body = urlencode({"logout_token": self._last_notice}).encode()
        return Notified(self._fetch(Sent("POST", uri, FORM, body)).status)

    def new_key(self) -> bool:
        self._keys.renew()
        return True

    # What the application asks for

    def __call__(self, sent: Sent) -> Answer:
        headers = {name.lower(): value for name, value in sent.headers}
        asked = shared(headers, self._scripts_of)
        answer = Answer(204, (), b"") if sent.method == "OPTIONS" else self._answer(sent, headers)
        return replace(answer, headers=(*answer.headers, *asked))

    def _answer(self, sent: Sent, headers: Mapping[str, str]) -> Answer:
        place = urlsplit(sent.url)
        path = place.path.removeprefix(urlsplit(self.issuer).path)
        query = dict(parse_qsl(place.query, keep_blank_values=True))
        form = dict(parse_qsl((sent.body or b"").decode("utf-8", "replace"), keep_blank_values=True))
        with self._lock:
            match path:
                case "/.well-known/openid-configuration":
                    return _json(self._metadata())
                case "/jwks":
                    return _json(self._keys.jwks())
                case "/authorize":
                    return self._authorize(form if sent.method == "POST" else query)
                case "/par":
                    return self._push(form)
                case "/token":
                    return self._token(form, headers)
                case "/userinfo":
                    return self._userinfo(headers)
                case "/revoke":
                    return Answer(200, (), b"")
                case "/end_session":
                    return _redirect({**query, **form}.get("post_logout_redirect_uri", self.issuer))
        return _json({"error": "not_found"}, 404)

    def _metadata(self) -> Claims:
        at = self.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "pushed_authorization_request_endpoint": f"{at}/par",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "revocation_endpoint": f"{at}/revoke",
            "end_session_endpoint": f"{at}/end_session",
            "jwks_uri": f"{at}/jwks",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "scopes_supported": ["openid", *tokens.PERSON],
            "acr_values_supported": [f"{tokens.ACR}{level}" for level in (1, 2, 3)],
            "id_token_signing_alg_values_supported": [self._keys.algorithm],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "private_key_jwt",
                "none",
            ],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256", "RS256", "PS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def _authorize(self, asked: Mapping[str, str]) -> Answer:
        if "request_uri" in asked:
            asked = self._pushed.pop(asked["request_uri"], {})
        if "request" in asked:
            asked = {**asked, **tokens.unverified(asked["request"])}
        if "client_id" not in asked or "redirect_uri" not in asked:
            return _json({"error": "invalid_request"}, 400)
        code = token_urlsafe()
        _bounded(self._codes)[code] = SignedIn(asked["client_id"], asked, token_urlsafe(), int(self._clock()))
        answer = {"code": code, "iss": self.issuer, **({"state": asked["state"]} if "state" in asked else {})}
        if asked.get("response_mode") == "form_post":
            return _posting(asked["redirect_uri"], answer)
        in_query = "&" if "?" in asked["redirect_uri"] else "?"
        separator = "#" if asked.get("response_mode") == "fragment" else in_query
        return _redirect(f"{asked['redirect_uri']}{separator}{urlencode(answer)}")

    def _push(self, form: dict[str, str]) -> Answer:
        request_uri = f"urn:ietf:params:oauth:request_uri:{token_urlsafe()}"
        _bounded(self._pushed)[request_uri] = form
        return _json({"request_uri": request_uri, "expires_in": 60}, 201)

    def _token(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        self._counts["token"] += 1
        self._client_secret = _client_secret(form, headers) or self._client_secret
        if self._lie is Lie.TOKEN_ENDPOINT_DOWN:
            return Answer(503, (("retry-after", "30"),), b"")
        if self._lie is Lie.TOKEN_ENDPOINT_NONSENSE:
            return Answer(200, (("content-type", "text/html"),), b"<!doctype html><title>Proxy</title>")
        found = self._codes.pop(form.get("code", ""), None)
        if (
            found is None
            or form.get("redirect_uri", "") != found.asked["redirect_uri"]
            or not _proved(found, form)
        ):
            return _json({"error": "invalid_grant", "error_description": "The code is not valid."}, 400)
        access_token = token_urlsafe(32)
        _bounded(self._access)[access_token] = found
        self._last = found
        id_token = tokens.id_token(
            self._keys, self.issuer, found, access_token, self._lie, self._client_secret
        )
        self._secrets = {access_token, id_token}
        kind = "DPoP" if "dpop" in headers else "Bearer"
        told = {"access_token": access_token, "token_type": kind, "expires_in": 600, "id_token": id_token}
        return _json({**told, "scope": found.asked.get("scope", "openid")})

    def _userinfo(self, headers: Mapping[str, str]) -> Answer:
        self._counts["userinfo"] += 1
        found = self._access.get(headers.get("authorization", "").partition(" ")[2])
        if found is None:
            return Answer(401, (("www-authenticate", 'Bearer error="invalid_token"'),), b"")
        return _json(tokens.userinfo(found, self._lie))


def _proved(found: SignedIn, form: Mapping[str, str]) -> bool:
    """RFC 7636 section 4.6, where there was a challenge: that there is one, a check of its own sees to."""
    challenge = found.asked.get("code_challenge")
    verifier = form.get("code_verifier", "")
    if not challenge:
        return not verifier
    if found.asked.get("code_challenge_method") != "S256":
        return verifier == challenge
    return encoded(hashlib.sha256(verifier.encode()).digest()) == challenge


def _client_secret(form: Mapping[str, str], headers: Mapping[str, str]) -> str:
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            return unquote_plus(b64decode(value).decode().partition(":")[2])
        except ValueError:
            return ""
    return form.get("client_secret", "")


def _bounded(kept: dict[str, V]) -> dict[str, V]:
    while len(kept) >= REMEMBERED:
        del kept[next(iter(kept))]
    return kept


def _json(told: object, status: int = 200) -> Answer:
    headers = (("content-type", "application/json"), ("cache-control", "no-store"))
    return Answer(status, headers, json.dumps(told).encode())


def _redirect(address: str) -> Answer:
    return Answer(303, (("location", address), ("cache-control", "no-store")), b"")


def _posting(address: str, answer: Mapping[str, str]) -> Answer:
    fields = "".join(f'<input type="hidden" name="{k}" value="{escape(v)}">' for k, v in answer.items())
    page = (
        f'<!doctype html><form method="post" action="{escape(address)}">{fields}<button>Go on</button></form>'
    )
    return Answer(200, (("content-type", "text/html; charset=utf-8"),), page.encode())
