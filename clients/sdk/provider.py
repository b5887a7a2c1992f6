"""One provider, as a Flask relying party sees it.

Authlib's client does the protocol: state, nonce, PKCE, the id_token's signature and claims. What it
leaves to the application is here: the issuer of the answer (RFC 9207), errors as values, the level
that was reached, and sign-out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, request
from werkzeug.wrappers import Response

from clients.sdk.levels import ACR, require_level


class SignInRefused(Exception):
    """The provider said no, or its answer was not to be trusted; `error` is the OAuth error code."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description or error)
        self.error = error
        self.description = description


@dataclass(frozen=True)
class Registration:
    issuer: str
    client_id: str
    client_secret: str
    scope: str
    level: int
    """What every sign-in asks for; single pages may ask for more."""


class Provider:
    """Discovery is read at the first sign-in, not at start: either side may start first."""

    def __init__(self, app: Flask, registration: Registration) -> None:
        self.registration = registration
        self._client = OAuth(app).register(
            "yitong",
            client_id=registration.client_id,
            client_secret=registration.client_secret,
            server_metadata_url=f"{registration.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": registration.scope,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic",
                "default_timeout": 10,
            },
        )

    def sign_in(self, redirect_uri: str, *, level: int | None = None, locale: str | None = None) -> Response:
        """Send the browser to the provider. `level` asks for a step-up beyond the registration's."""
        wanted = max(level or 0, self.registration.level)
        hints = {"ui_locales": locale} if locale else {}
        response: Response = self._client.authorize_redirect(redirect_uri, acr_values=ACR[wanted], **hints)
        return response

    def finish(self, *, level: int | None = None) -> Mapping[str, Any]:
        """In the view of the redirect_uri: the id_token's claims, checked.

        Raises SignInRefused, or LevelTooLow when the provider reached less than was asked.
        """
        # RFC 9207 section 2.4: an answer of another issuer must not reach the token endpoint.
        if request.args.get("iss") != self.registration.issuer:
            raise SignInRefused("invalid_issuer", "The answer came from another issuer.")
        try:
            token = self._client.authorize_access_token()
        except OAuthError as error:
            raise SignInRefused(error.error, error.description or "") from None
        claims: dict[str, Any] = dict(token["userinfo"])
        require_level(claims, max(level or 0, self.registration.level))
        details = self._client.userinfo(token=token)
        # OpenID Connect Core section 5.3.2: the two must speak of the same person.
        if details.get("sub") != claims["sub"]:
            raise SignInRefused("invalid_sub", "Userinfo speaks of another person.")
        return {**details, **claims, "id_token": token["id_token"]}

    def sign_out_url(self, id_token: str, post_logout_redirect_uri: str) -> str:
        """Where to send the browser so that the provider's session ends too (RP-Initiated Logout 1.0)."""
        metadata = self._client.load_server_metadata()
        query = urlencode({"id_token_hint": id_token, "post_logout_redirect_uri": post_logout_redirect_uri})
        return f"{metadata['end_session_endpoint']}?{query}"
