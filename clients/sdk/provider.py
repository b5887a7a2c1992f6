"""One provider, as a Flask relying party sees it.

Authlib's client does the protocol: PKCE, client authentication, signatures, most claims. What it
leaves to the application is here and beside: the issuer of metadata and answer (RFC 9207), the whole
audience, which browser started what, the level that was reached, errors as values, and sign-out.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from clients.sdk import acting, pending
from clients.sdk.acting import ActingFor
from clients.sdk.errors import (
    AnswerRejected,
    Cancelled,
    LogoutRefused,
    NotStartedHere,
    ProviderUnreachable,
    SignInRefused,
)
from clients.sdk.levels import ACR, level_after, require_level, stated_level
from clients.sdk.logout import LogoutNotice, LogoutTokens
from clients.sdk.openid import OpenIDClient

CLOCKS_DIFFER_SECONDS = 30
ESSENTIAL = ("auth_time", "acr", "at_hash")


@dataclass(frozen=True)
class Registration:
    issuer: str
    client_id: str
    client_secret: str
    scope: str
    level: int
    """What every sign-in asks for; single pages may ask for more."""
    id_token_signed_response_alg: str = "ES256"  # noqa: S105

    def __post_init__(self) -> None:
        if "openid" not in self.scope.split():
            raise ValueError("the scope must hold openid: without an id_token nobody is signed in")


@dataclass(frozen=True)
class SignIn:
    """A sign-in that passed every check."""

    claims: Mapping[str, Any]
    """Those of the id_token and of userinfo."""
    id_token: str
    """For `sign_out_url`."""
    received_at: datetime
    remembered: str
    """What was given to `sign_in`."""

    @property
    def sub(self) -> str:
        return str(self.claims["sub"])

    @property
    def acting_for(self) -> ActingFor | None:
        """For whom the person acts; None: for nobody but themselves."""
        return acting.acting_for(self.claims)

    def level(self, now: datetime) -> int:
        """What it is worth at this moment: level 3 runs out."""
        return level_after(self.claims, (now - self.received_at).total_seconds())


class Provider:
    """Discovery is read at the first sign-in, not at start: either side may start first."""

    def __init__(
        self,
        app: Flask,
        registration: Registration,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        timeout_seconds: float = 10,
    ) -> None:
        self.registration = registration
        self._clock = clock
        self._client: OpenIDClient = OAuth(app).register(
            "yitong",
            client_cls=OpenIDClient,
            client_id=registration.client_id,
            client_secret=registration.client_secret,
            server_metadata_url=f"{registration.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": registration.scope,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic",
                "default_timeout": timeout_seconds,
            },
        )
        self._client.hold_to(
            registration.issuer, registration.id_token_signed_response_alg, monotonic=monotonic
        )
        self._logouts = LogoutTokens(
            registration.issuer,
            registration.client_id,
            registration.id_token_signed_response_alg,
            fetch_keys=self._client.fetch_jwk_set,
            trouble=_provider_trouble,
            clock=clock,
            monotonic=monotonic,
        )

    def sign_in(
        self,
        redirect_uri: str,
        *,
        level: int = 0,
        max_age: int | None = None,
        locale: str | None = None,
        remember: str = "",
        choose: bool = False,
        matter: str = "",
        organisation: str | None = None,
    ) -> Response:
        """Send the browser to the provider. `level` asks for a step-up beyond the registration's.

        `choose`: the person says anew for whom they act. `matter`: they must act for somebody by a mandate
        that covers it, and the sign-in is for it alone; `organisation`: for the one that has this code, and
        goes with a matter. Raises ProviderUnreachable.
        """
        wanted = max(level, self.registration.level)
        hints: dict[str, Any] = {
            "ui_locales": locale,
            "max_age": max_age,
            "prompt": "select_account" if choose else None,
            "authorization_details": _mandate(matter, organisation),
        }
        with _provider_trouble():
            made = self._client.create_authorization_url(
                redirect_uri,
                acr_values=ACR[wanted],
                **{name: value for name, value in hints.items() if value is not None},
            )
        started = pending.Pending(
            redirect_uri=redirect_uri,
            nonce=made["nonce"],
            code_verifier=made["code_verifier"],
            level=wanted,
            max_age=max_age,
            remembered=remember,
            started_at=int(self._clock().timestamp()),
            matter=matter,
            organisation=organisation,
        )
        pending.start(session, made["state"], started)
        return redirect(made["url"])

    def finish(self) -> SignIn:
        """In the view of the redirect_uri: who signed in.

        Raises SignInRefused, or LevelTooLow when the provider reached less than was asked.
        """
        started = self._started(request.args)
        with _provider_trouble():
            token = self._client.fetch_access_token(
                code=request.args.get("code"),
                redirect_uri=started.redirect_uri,
                code_verifier=started.code_verifier,
            )
            claims = self._claims(token, started)
            require_level(stated_level(claims), started.level)
            details = self._client.userinfo(token=token)
        # OpenID Connect Core 1.0 section 5.3.2: the two must speak of the same person.
        if details.get("sub") != claims["sub"]:
            raise AnswerRejected("invalid_sub", "Userinfo speaks of another person.")
        whom = acting.of_both(claims, details)
        together = {**details, **claims, **({} if whom is None else {acting.CLAIM: whom})}
        found = SignIn(together, token["id_token"], self._clock(), started.remembered)
        if started.matter:
            _check_mandate(found.acting_for, started, token.get("authorization_details"))
        return found

    def sign_out_url(self, id_token: str, post_logout_redirect_uri: str, *, locale: str | None = None) -> str:
        """Where to send the browser so that the provider's session ends too (RP-Initiated Logout 1.0).

        Raises ProviderUnreachable.
        """
        with _provider_trouble():
            endpoint = self._client.load_server_metadata()["end_session_endpoint"]
        query = {"id_token_hint": id_token, "post_logout_redirect_uri": post_logout_redirect_uri}
        return f"{endpoint}?{urlencode(query | ({'ui_locales': locale} if locale else {}))}"

    def logout_notice(self) -> LogoutNotice:
        """In the view of the backchannel_logout_uri: which of this portal's sessions are over.

        Raises LogoutRefused, to be answered with 400, and ProviderUnreachable: 503, so that it comes again.
        """
        tokens = request.form.getlist("logout_token")
        if len(tokens) != 1:
            raise LogoutRefused("There is no logout token, or more than one.")
        return self._logouts.read(tokens[0])

    def _started(self, answer: Mapping[str, str]) -> pending.Pending:
        """The sign-in that this answer is to, after everything that can be seen from the answer alone."""
        # First of all: words from an answer that nobody asked for are not shown to anybody.
        started = pending.take(session, answer.get("state"), self._clock())
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

    def _claims(self, token: Mapping[str, Any], started: pending.Pending) -> dict[str, Any]:
        """The id_token's claims, checked (OpenID Connect Core 1.0 section 3.1.3.7)."""
        options: dict[str, Any] = {name: {"essential": True} for name in ESSENTIAL}
        options["iss"] = {"essential": True, "value": self.registration.issuer}
        found = self._client.parse_id_token(
            token, nonce=started.nonce, claims_options=options, leeway=CLOCKS_DIFFER_SECONDS
        )
        if found is None:
            raise AnswerRejected("invalid_token", "The answer holds no id_token.")
        claims: dict[str, Any] = dict(found)
        # Numbers 3 to 5 there. Authlib takes any audience as long as azp is ours.
        if claims["aud"] not in (self.registration.client_id, [self.registration.client_id]):
            raise AnswerRejected("invalid_aud", "The id_token is not for this client alone.")
        # Number 13 there, on the provider's clock alone.
        age = claims["iat"] - claims["auth_time"]
        if started.max_age is not None and age > started.max_age + CLOCKS_DIFFER_SECONDS:
            raise AnswerRejected("invalid_auth_time", "The sign-in is older than was asked for.")
        return claims


def _mandate(matter: str, organisation: str | None) -> str | None:
    """RFC 9396, as the provider's type `mandate` wants it."""
    if not matter:
        if organisation is not None:
            # Nothing would be asked for, and any answer taken.
            raise ValueError("an organisation is asked for with a matter")
        return None
    named = {} if organisation is None else {"organisation": organisation}
    return json.dumps([{"type": "mandate", "matter": matter, **named}])


def _check_mandate(whom: ActingFor | None, started: pending.Pending, granted: Any) -> None:
    """What was asked for has come: not all business instead of one matter, nor nobody's, nor another
    organisation's. The question went through the browser, where a person may change it; what was `granted`
    (RFC 9396 section 7) comes from the provider itself."""
    if whom is None or whom.matters is None or started.matter not in whom.matters:
        raise AnswerRejected("invalid_acting_for", "The answer is not for the matter that was asked for.")
    if started.organisation is None:
        return
    wanted = {"type": "mandate", "matter": started.matter, "organisation": started.organisation}
    wanted["mandate_id"] = whom.mandate_id
    details = granted if isinstance(granted, list) else []
    if not any(isinstance(one, Mapping) and wanted.items() <= one.items() for one in details):
        raise AnswerRejected(
            "invalid_acting_for", "The answer is not for the organisation that was asked for."
        )


@contextmanager
def _provider_trouble() -> Iterator[None]:
    """What Authlib, joserfc and requests raise, as the few cases that a portal tells apart."""
    try:
        yield
    except OAuthError as error:
        # Of the token endpoint, or of Authlib itself about a token that it cannot use.
        raise SignInRefused(str(error.error), error.description or "") from error
    except JoseError as error:
        raise AnswerRejected("invalid_token", f"The id_token is not valid: {error.error}.") from error
    except requests.RequestException as error:
        raise ProviderUnreachable("temporarily_unavailable", "The provider cannot be reached.") from error
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        # Not JSON, or JSON of another shape than the specification's.
        raise ProviderUnreachable("server_error", "The provider's answer cannot be read.") from error
