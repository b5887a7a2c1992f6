"""One provider, as a relying party sees it, whatever framework it is written with.

Authlib's client carries the requests (`channel`). What it leaves to the application is here and beside: the
issuer of metadata and answer (RFC 9207), the whole audience, which browser started what, the level that was
reached, errors as values, and sign-out.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from . import acting, id_tokens, mandates, pending, tokens
from .channel import Channel, trouble
from .discovery import Discovery, NotSigned
from .dpop import Proofs
from .errors import AnswerRejected, Cancelled, NotStartedHere, SignInRefused
from .levels import ACR, require_level, stated_level
from .logout import LogoutNotice, LogoutTokens
from .pending import Browser, Pending
from .registration import Registration
from .sign_ins import SignIn
from .signing import private_key
from .store import Store, in_memory
from .tokens import Tokens


def _now() -> datetime:
    return datetime.now(UTC)


class Provider:
    """Discovery is read at the first sign-in, not at start: either side may start first.

    One for the whole process; its threads share it. Processes share the `store`.
    """

    def __init__(
        self,
        registration: Registration,
        *,
        store: Store | None = None,
        clock: Callable[[], datetime] = _now,
        monotonic: Callable[[], float] = time.monotonic,
        timeout_seconds: float = 10,
    ) -> None:
        """Raises ValueError when a key of the registration is none."""
        self.registration = registration
        self.store = store or in_memory(monotonic)
        self.clock = clock
        self._proofs: Proofs | None = None
        if registration.dpop_key is not None:
            self._proofs = Proofs(private_key(registration.dpop_key), self._seconds)
        self._channel = Channel(
            registration, timeout_seconds=timeout_seconds, clock=self._seconds, proofs=self._proofs
        )
        self._discovery = Discovery(registration.issuer, self._channel, monotonic)
        self._logouts = LogoutTokens(registration, self._discovery, self.store, clock)

    def begin(
        self,
        browser: Browser,
        redirect_uri: str,
        *,
        level: int = 0,
        max_age: int | None = None,
        locale: str | None = None,
        remember: str = "",
        choose: bool = False,
        matter: str = "",
        organisation: str | None = None,
    ) -> str:
        """Where to send this browser. `level` asks for a step-up beyond the registration's.

        `choose`: the person says anew for whom they act. `matter`: they must act for somebody by a mandate
        that covers it, and the sign-in is for it alone; `organisation`: for the one that has this code, and
        goes with a matter. Raises ProviderUnreachable.
        """
        wanted = max(level, self.registration.level)
        if wanted not in ACR:
            raise ValueError("the level is one of 1 to 4")
        state, nonce, code_verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked: dict[str, Any] = {
            "response_type": "code",
            "client_id": self.registration.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.registration.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(code_verifier),
            "code_challenge_method": "S256",
            "acr_values": ACR[wanted],
            "ui_locales": locale,
            "max_age": max_age,
            "prompt": "select_account" if choose else None,
            "authorization_details": mandates.asked(matter, organisation),
            # RFC 9449 section 10
            "dpop_jkt": self._proofs.thumbprint if self._proofs else None,
        }
        address = self._address({name: str(value) for name, value in asked.items() if value is not None})
        started = Pending(
            redirect_uri=redirect_uri,
            nonce=nonce,
            code_verifier=code_verifier,
            level=wanted,
            max_age=max_age,
            remembered=remember,
            started_at=int(self._seconds()),
            matter=matter,
            organisation=organisation,
        )
        pending.start(browser, state, started)
        return address

    def finish(self, browser: Browser, answer: Mapping[str, str]) -> SignIn:
        """Who signed in: with the parameters that the browser brought to the redirect_uri.

        Raises SignInRefused, or LevelTooLow when the provider reached less than was asked.
        """
        started = self._started(browser, answer)
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": started.redirect_uri,
            "code_verifier": started.code_verifier,
        }
        with trouble():
            told = self._channel.post(self._discovery.needed_endpoint("token_endpoint"), form)
            got = tokens.read(told, self._seconds())
        if self._proofs is not None and got.token_type.lower() != "dpop":
            # RFC 9449 section 5: a client that wants its tokens bound takes no others.
            raise AnswerRejected("invalid_token", "The access token is not bound to our key.")
        id_token = told.get("id_token")
        claims = self._claims(id_token, got, started)
        require_level(stated_level(claims), started.level)
        details = self.userinfo(got)
        # OpenID Connect Core 1.0 section 5.3.2: the two must speak of the same person.
        if details.get("sub") != claims["sub"]:
            raise AnswerRejected("invalid_sub", "Userinfo speaks of another person.")
        whom = acting.of_both(claims, details)
        together = {**details, **claims, **({} if whom is None else {acting.CLAIM: whom})}
        found = SignIn(together, str(id_token), self.clock(), started.remembered, got)
        if started.matter:
            mandates.check(found.acting_for, started, told.get("authorization_details"))
        return found

    def userinfo(self, held: Tokens) -> Mapping[str, Any]:
        """Raises ProviderUnreachable."""
        endpoint = self._discovery.needed_endpoint("userinfo_endpoint")
        with trouble():
            return self._channel.get(endpoint, self.authorization(held, "GET", endpoint))

    def refresh(self, held: Tokens) -> Tokens:
        """RFC 6749 section 6. See `FreshTokens`, which sees to it that one does it for all.

        Raises SignInRefused (`invalid_grant`: the grant has ended), ProviderUnreachable.
        """
        form = {"grant_type": "refresh_token", "refresh_token": held.refresh_token or ""}
        with trouble():
            told = self._channel.post(self._discovery.needed_endpoint("token_endpoint"), form)
            return held.after(told, self._seconds())

    def revoke(self, held: Tokens) -> None:
        """End the grant (RFC 7009), as far as the provider has an address for that. Raises as `refresh`."""
        endpoint = self._discovery.endpoint("revocation_endpoint")
        if endpoint is None:
            return
        kind = "refresh_token" if held.refresh_token else "access_token"
        with trouble():
            self._channel.post(
                endpoint, {"token": held.refresh_token or held.access_token, "token_type_hint": kind}
            )

    def authorization(self, held: Tokens, method: str, url: str) -> dict[str, str]:
        """The headers to call a service with for the person; `method` and `url` are those of the call.

        Raises ValueError for a DPoP token without a key.
        """
        if held.token_type.lower() != "dpop":
            return {"Authorization": f"Bearer {held.access_token}"}
        if self._proofs is None:
            raise ValueError("the token is bound to a key that the registration does not name")
        proof = self._proofs.proof(method, url, held.access_token)
        return {"Authorization": f"DPoP {held.access_token}", "DPoP": proof}

    def sign_out_url(self, id_token: str, post_logout_redirect_uri: str, *, locale: str | None = None) -> str:
        """Where to send the browser so that the provider's session ends too (RP-Initiated Logout 1.0).

        Raises ProviderUnreachable.
        """
        endpoint = self._discovery.needed_endpoint("end_session_endpoint")
        query = {"id_token_hint": id_token, "post_logout_redirect_uri": post_logout_redirect_uri}
        return _with_query(endpoint, query | ({"ui_locales": locale} if locale else {}))

    def logout_notice(self, logout_token: str) -> LogoutNotice:
        """What came to the backchannel_logout_uri, as `logout_token`: which sessions are over.

        Raises LogoutRefused, to be answered with 400, and ProviderUnreachable: 503, so that it comes again.
        """
        return self._logouts.read(logout_token)

    def _address(self, asked: Mapping[str, str]) -> str:
        metadata = self._discovery.metadata()
        endpoint = self._discovery.needed_endpoint("authorization_endpoint")
        required = metadata.get("require_pushed_authorization_requests") is True
        if not required and not self.registration.pushes_requests:
            return _with_query(endpoint, asked)
        pushing = self._discovery.endpoint("pushed_authorization_request_endpoint")
        with trouble():
            if pushing is None:
                raise ValueError("there is nowhere to push the request to")
            request_uri = self._channel.post(pushing, asked)["request_uri"]
            if not isinstance(request_uri, str):
                raise TypeError("the request_uri is no text")
        # RFC 9126 section 4
        return _with_query(endpoint, {"client_id": self.registration.client_id, "request_uri": request_uri})

    def _started(self, browser: Browser, answer: Mapping[str, str]) -> Pending:
        """The sign-in that this answer is to, after everything that can be seen from the answer alone."""
        # First of all: words from an answer that nobody asked for are not shown to anybody.
        started = pending.take(browser, answer.get("state"), self.clock())
        if started is None:
            raise NotStartedHere("invalid_state", "No sign-in under way in this browser has this state.")
        # RFC 9207 section 2.4: an answer of another issuer must not reach the token endpoint.
        if answer.get("iss") != self.registration.issuer:
            raise AnswerRejected("invalid_issuer", "The answer came from another issuer.")
        if error := answer.get("error"):
            kind = Cancelled if error == "access_denied" else SignInRefused
            raise kind(error, answer.get("error_description", ""))
        if not answer.get("code"):
            raise AnswerRejected("invalid_response", "The answer holds neither a code nor an error.")
        return started

    def _claims(self, id_token: object, got: Tokens, started: Pending) -> dict[str, Any]:
        if not isinstance(id_token, str):
            raise AnswerRejected("invalid_token", "The answer holds no id_token.")
        algorithm = self.registration.id_token_signed_response_alg
        try:
            claims: dict[str, Any] = self._discovery.verified(id_token, algorithm).claims
        except NotSigned as problem:
            raise AnswerRejected("invalid_token", f"The id_token is not valid: {problem}.") from None
        id_tokens.check(
            claims,
            started,
            issuer=self.registration.issuer,
            client_id=self.registration.client_id,
            algorithm=algorithm,
            access_token=got.access_token,
            now=self._seconds(),
        )
        return claims

    def _seconds(self) -> float:
        return self.clock().timestamp()


def _with_query(endpoint: str, query: Mapping[str, str]) -> str:
    # RFC 6749 section 3.1: an endpoint may have a query of its own.
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"
