"""An application that signs people in, with a switch for each fault that one may have.

Written by hand, for no library would let us: what is right is the plain path, what is wrong stands behind
`self.has(Fault...)`.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from clients.checker import Answer, NotReached, Sent

ORIGIN = "http://app.test"
CLIENT_ID, CLIENT_SECRET = "broken", "a-secret-of-the-test-that-is-long-enough"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
COOKIE = "visit"
Claims = dict[str, Any]


class Fault(StrEnum):
    PAGE_FOR_EVERYBODY = "page_for_everybody"
    NO_PKCE = "no_pkce"
    PLAIN_PKCE = "plain_pkce"
    SAME_NONCE = "same_nonce"
    STATE_OF_ANYBODY = "state_of_anybody"
    STATE_WRONG = "state_wrong"
    STATE_MISSING = "state_missing"
    STATE_TWICE = "state_twice"
    ISS_WRONG = "iss_wrong"
    ISS_MISSING = "iss_missing"
    CODE_BEFORE_ISS = "code_before_iss"
    ERROR_BREAKS = "error_breaks"
    ERROR_SHOWN_RAW = "error_shown_raw"
    ERROR_SIGNS_IN = "error_signs_in"
    SESSION_ID_KEPT = "session_id_kept"
    COOKIE_FOR_SCRIPTS = "cookie_for_scripts"
    TOKEN_IN_PAGE = "token_in_page"
    TOKEN_IN_ADDRESS = "token_in_address"
    CODE_STAYS = "code_stays"
    UNSIGNED = "unsigned"
    SIGNATURE_UNCHECKED = "signature_unchecked"
    MAC_WITH_PUBLIC_KEY = "mac_with_public_key"
    MAC_WITH_SECRET = "mac_with_secret"
    EXP = "exp"
    NBF = "nbf"
    ISS = "iss"
    AUD = "aud"
    EXTRA_AUD = "extra_aud"
    NONCE_WRONG = "nonce_wrong"
    NONCE_MISSING = "nonce_missing"
    ACR = "acr"
    AT_HASH = "at_hash"
    USERINFO_SUB = "userinfo_sub"
    LOGOUT_IGNORED = "logout_ignored"
    LOGOUT_SIGNATURE = "logout_signature"
    LOGOUT_UNSIGNED = "logout_unsigned"
    LOGOUT_EXP = "logout_exp"
    LOGOUT_ISS = "logout_iss"
    LOGOUT_AUD = "logout_aud"
    LOGOUT_EVENTS = "logout_events"
    LOGOUT_NONCE = "logout_nonce"
    LOGOUT_JTI = "logout_jti"
    OUTAGE_BREAKS = "outage_breaks"
    NONSENSE_BREAKS = "nonsense_breaks"
    OUTAGE_STAYS = "outage_stays"
    OLD_KEYS = "old_keys"
    EVERYTHING_REFUSED = "everything_refused"


class Refused(Exception):
    """A page says so."""


class BrokenApp:
    def __init__(
        self,
        issuer: str,
        fetch: Callable[[Sent], Answer],
        *faults: Fault,
        origin: str = ORIGIN,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        clock: Callable[[], float] = time.time,
        level: int = 2,
    ) -> None:
        """Without a secret it is a public client. `level`: what it asks for."""
        self.acr = f"urn:yitong:acr:{level}"
        self.issuer, self.fetch, self.faults, self.origin = issuer, fetch, frozenset(faults), origin
        self.client_id, self.client_secret, self.clock = client_id, client_secret, clock
        self.started: dict[str, Claims] = {}
        """By state."""
        self.visits: dict[str, Claims | None] = {}
        """By the cookie's value; None: somebody who is not signed in yet."""
        self.seen_jti: set[str] = set()
        self.is_down = False
        self.metadata: Claims = self.json("GET", f"{issuer}/.well-known/openid-configuration")
        self.keys: Claims = self.json("GET", self.metadata["jwks_uri"])
        self.flask = Flask("broken")
        self.flask.add_url_rule("/sign-in", view_func=self.sign_in)
        self.flask.add_url_rule("/callback", view_func=self.callback, methods=["GET", "POST"])
        self.flask.add_url_rule("/me", view_func=self.me)
        self.flask.add_url_rule("/logged-out", view_func=self.logged_out, methods=["POST"])
        self.flask.register_error_handler(
            Refused, lambda refused: (f"<h1>Not signed in: {refused}</h1>", 403)
        )

    def has(self, fault: Fault) -> bool:
        return fault in self.faults

    # Pages

    def me(self) -> Response | str:
        visit = self.visits.get(request.cookies.get(COOKIE, ""))
        if visit is None and not self.has(Fault.PAGE_FOR_EVERYBODY):
            return Response("<h1>Please sign in</h1>", 200)
        return f"<h1>Signed in as {visit}</h1>"

    def sign_in(self) -> Response:
        browser = request.cookies.get(COOKIE) or secrets.token_hex()
        self.visits.setdefault(browser, None)
        state, verifier = secrets.token_urlsafe(), secrets.token_urlsafe(32)
        nonce = "always-the-same-nonce" if self.has(Fault.SAME_NONCE) else secrets.token_urlsafe()
        self.started[state] = {"browser": browser, "verifier": verifier, "nonce": nonce}
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": f"{self.origin}/callback",
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "acr_values": self.acr,
        }
        if self.has(Fault.PLAIN_PKCE):
            asked |= {"code_challenge": verifier, "code_challenge_method": "plain"}
        elif not self.has(Fault.NO_PKCE):
            asked |= {"code_challenge": hashed(verifier, 32), "code_challenge_method": "S256"}
        answer = redirect(f"{self.metadata['authorization_endpoint']}?{urlencode(asked)}")
        return self.with_cookie(answer, browser)

    def callback(self) -> Response:
        browser = request.cookies.get(COOKIE, "")
        if self.has(Fault.EVERYTHING_REFUSED):
            raise Refused("everybody")
        started = self.of_state(request.values.get("state"), browser)
        if error := request.values.get("error"):
            return self.error(error, browser)
        wrong_iss = self.wrong_iss(request.values.get("iss"))
        if wrong_iss and not self.has(Fault.CODE_BEFORE_ISS):
            raise Refused("iss")
        claims, tokens = self.redeemed(request.values["code"], started)
        if wrong_iss:
            raise Refused("iss")
        if not self.has(Fault.SESSION_ID_KEPT):
            self.visits.pop(browser, None)
            browser = secrets.token_hex()
        self.visits[browser] = claims
        started["browser"] = browser
        if self.has(Fault.CODE_STAYS):
            return self.with_cookie(Response("<h1>Welcome</h1>"), browser)
        to = f"/me?token={tokens['id_token']}" if self.has(Fault.TOKEN_IN_ADDRESS) else "/me"
        if self.has(Fault.TOKEN_IN_PAGE):
            return self.with_cookie(
                Response(f"<script>localStorage.token = '{tokens['access_token']}'</script>"), browser
            )
        return self.with_cookie(redirect(to), browser)

    def error(self, error: str, browser: str) -> Response:
        said = request.values.get("error_description", "")
        if self.has(Fault.ERROR_SIGNS_IN):
            self.visits[browser] = {"sub": "nobody"}
        if self.has(Fault.ERROR_BREAKS) and error == "access_denied":
            return Response("", 500)
        if self.has(Fault.ERROR_SHOWN_RAW):
            return Response(f"<p>{said}</p>", 403)
        raise Refused(error)

    def logged_out(self) -> Response:
        try:
            claims = self.logout_claims(request.form["logout_token"])
        except Refused:
            return Response(status=400)
        for key, visit in list(self.visits.items()):
            if visit and (
                visit.get("sid") == claims["sid"] if "sid" in claims else visit["sub"] == claims["sub"]
            ):
                self.visits[key] = None
        return Response(status=200)

    # Checks

    def of_state(self, state: str | None, browser: str) -> Claims:
        mine = [one for one in self.started.values() if one["browser"] == browser]
        if state is None and self.has(Fault.STATE_MISSING) and mine:
            return mine[-1]
        found = self.started.get(state or "")
        if found is None and state is not None and self.has(Fault.STATE_WRONG) and mine:
            return mine[-1]
        if found is None or (found["browser"] != browser and not self.has(Fault.STATE_OF_ANYBODY)):
            raise Refused("state")
        if not self.has(Fault.STATE_TWICE):
            del self.started[state or ""]
        return found

    def wrong_iss(self, iss: str | None) -> bool:
        if iss is None:
            return not self.has(Fault.ISS_MISSING)
        return iss != self.issuer and not self.has(Fault.ISS_WRONG)

    def redeemed(self, code: str, started: Claims) -> tuple[Claims, Claims]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{self.origin}/callback"}
        if not self.has(Fault.NO_PKCE):
            form["code_verifier"] = started["verifier"]
        if self.is_down:
            raise Refused("still down")
        try:
            tokens = self.json("POST", self.metadata["token_endpoint"], form)
        except NotReached:
            self.is_down = self.has(Fault.OUTAGE_STAYS)
            if self.has(Fault.OUTAGE_BREAKS):
                raise RuntimeError from None
            raise Refused("the provider is away") from None
        except ValueError:
            if self.has(Fault.NONSENSE_BREAKS):
                raise RuntimeError from None
            raise Refused("nonsense") from None
        if "id_token" not in tokens:
            raise Refused("no tokens")
        claims = self.id_token_claims(tokens, started)
        userinfo = self.json("GET", self.metadata["userinfo_endpoint"], token=tokens["access_token"])
        if userinfo["sub"] != claims["sub"] and not self.has(Fault.USERINFO_SUB):
            raise Refused("sub")
        return {**userinfo, **claims}, tokens

    def id_token_claims(self, tokens: Claims, started: Claims) -> Claims:
        claims = self.verified(tokens["id_token"])
        now = self.clock()
        wrong = {
            Fault.EXP: now >= claims["exp"],
            Fault.NBF: claims.get("nbf", 0) > now,
            Fault.ISS: claims["iss"] != self.issuer,
            Fault.AUD: self.client_id not in listed(claims["aud"]),
            Fault.EXTRA_AUD: self.client_id in (known := listed(claims["aud"])) and len(known) > 1,
            Fault.NONCE_MISSING: "nonce" not in claims,
            Fault.NONCE_WRONG: claims.get("nonce", started["nonce"]) != started["nonce"],
            Fault.ACR: claims["acr"] < self.acr,
            Fault.AT_HASH: claims["at_hash"] != hashed(tokens["access_token"], 16),
        }
        self.refuse(wrong)
        return claims

    def logout_claims(self, token: str) -> Claims:
        claims = self.verified(token, unsigned=Fault.LOGOUT_UNSIGNED, unchecked=Fault.LOGOUT_SIGNATURE)
        if self.has(Fault.LOGOUT_IGNORED):
            return {"sub": ""}
        self.refuse(
            {
                Fault.LOGOUT_EXP: self.clock() >= claims["exp"],
                Fault.LOGOUT_ISS: claims["iss"] != self.issuer,
                Fault.LOGOUT_AUD: claims["aud"] != self.client_id,
                Fault.LOGOUT_EVENTS: EVENT not in claims.get("events", {}),
                Fault.LOGOUT_NONCE: "nonce" in claims,
                Fault.LOGOUT_JTI: claims["jti"] in self.seen_jti,
            }
        )
        self.seen_jti.add(claims["jti"])
        return claims

    def verified(
        self, token: str, *, unsigned: Fault = Fault.UNSIGNED, unchecked: Fault = Fault.SIGNATURE_UNCHECKED
    ) -> Claims:
        head, body, signature = token.split(".")
        header, claims = decoded(head), decoded(body)
        if header["alg"] == "none" and self.has(unsigned):
            return claims
        if header["alg"] == "HS256":
            text = f"{head}.{body}".encode()
            pem = ECKey.import_key(self.keys["keys"][0]).as_pem(private=False)
            for fault, key in {
                Fault.MAC_WITH_PUBLIC_KEY: pem,
                Fault.MAC_WITH_SECRET: self.client_secret.encode(),
            }.items():
                made = base64.urlsafe_b64encode(hmac.digest(key, text, "sha256")).rstrip(b"=").decode()
                if self.has(fault) and made == signature:
                    return claims
        if header["alg"] != "ES256":
            raise Refused("alg")
        if header["kid"] not in [key["kid"] for key in self.keys["keys"]] and not self.has(Fault.OLD_KEYS):
            self.keys = self.json("GET", self.metadata["jwks_uri"])
        try:
            jwt.decode(
                token,
                KeySet([ECKey.import_key(one) for one in self.keys["keys"] if one["kty"] == "EC"]),
                algorithms=["ES256"],
            )
        except (JoseError, ValueError):
            if self.has(unchecked):
                return claims
            raise Refused("signature") from None
        return claims

    def refuse(self, wrong: dict[Fault, bool]) -> None:
        for fault, is_wrong in wrong.items():
            if is_wrong and not self.has(fault):
                raise Refused(fault)

    # The wire

    def json(self, method: str, url: str, form: dict[str, str] | None = None, token: str = "") -> Claims:
        secret = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        headers = [("Authorization", f"Bearer {token}" if token else f"Basic {secret}")]
        if not token and not self.client_secret:
            headers, form = [], form and {**form, "client_id": self.client_id}
        body = None
        if form is not None:
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            body = urlencode(form).encode()
        answer = self.fetch(Sent(method, url, tuple(headers), body))
        if answer.status >= 500:
            raise NotReached("the provider is away")
        found: Claims = json.loads(answer.body)
        return found

    def with_cookie(self, answer: Any, value: str) -> Response:
        answer.set_cookie(
            COOKIE,
            value,
            httponly=not self.has(Fault.COOKIE_FOR_SCRIPTS),
            secure=self.origin.startswith("https:"),
            samesite="Lax",
        )
        response: Response = answer
        return response


def hashed(text: str, octets: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()[:octets]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def listed(aud: str | list[str]) -> list[str]:
    return [aud] if isinstance(aud, str) else aud


def decoded(part: str) -> Claims:
    found: Claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
