"""What hands scripts to the protocol's room: its hooks, and the watch over the token endpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any, Final

from idp.crypto.digests import new_secret
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.errors import ProtocolError
from idp.oidc.http import CORS, NO_STORE, Endpoint, Request, Response, answer_json
from idp.oidc.keys.jwt import ID_TOKEN, Signer
from idp.oidc.next_step import Step
from idp.oidc.token import codes, refresh_tokens
from idp.oidc.twists import Twists
from idp.people.models import PersonStatus
from idp.sandbox.outcomes import endings, forging, id_tokens, polls, redirects
from idp.sandbox.outcomes.catalogue import Place
from idp.sandbox.outcomes.exchanges import CURRENT, Exchange, handle_of, secret_of
from idp.sandbox.outcomes.new_keys import NewKeys
from idp.sandbox.outcomes.scripts import Run, Scripts
from idp.sandbox.outcomes.sent_before import SentBefore
from idp.sandbox.outcomes.state import (
    ANSWERED,
    ASKED,
    REFRESH_REQUESTED,
    TOKEN_REQUESTED,
    USERINFO_REQUESTED,
)

SLOW_AT_ONCE: Final = 2
"""Of a process: whoever waits for a slow answer holds a thread of it. Beyond that answers come at once."""
SUB_BYTES: Final = 32
NOT_AVAILABLE: Final = {"error": "temporarily_unavailable", "error_description": "Please try again."}
NONSENSE: Final = b"<!doctype html><title>Proxy</title>"
"""What stands between an app and its provider says such things, with a status of 200."""
REPLAYED_CODE: Final = "redirect_replayed_code"
NEW_KEY: Final = "id_token_new_key"
MAC_BY_SECRET: Final = "id_token_hs256_client_secret"  # noqa: S105 - an outcome


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The scripts at work."""

    scripts: Scripts
    sent_before: SentBefore
    new_keys: NewKeys
    grant_key: bytes
    sleep: Callable[[float], None]
    slow: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(SLOW_AT_ONCE))

    def twists(self) -> Twists:
        return Twists(
            ending=self.ending,
            keeps_out=self.keeps_out,
            answered=self.answered,
            id_token=self.id_token,
            userinfo=self.userinfo,
            asked=self.asked,
            polled=self.polled,
        )

    def ending(self, wanted: AuthorizationRequest, step: Step) -> ProtocolError | None:
        script = self.scripts.holding(wanted.client_id)
        return None if script is None else endings.ending(script.outcomes, wanted, step)

    def keeps_out(self, client_id: str | None) -> str | None:
        script = None if client_id is None else self.scripts.holding(client_id)
        return PersonStatus.FROZEN if script is not None and "account_locked" in script.outcomes else None

    def answered(self, client_id: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        """The sign-in counts from here on, and what comes of its code belongs to its run."""
        script = self.scripts.holding(client_id)
        if script is None or polls.ONLY_THERE.issuperset(script.places):
            return fields
        if "code" in fields and REPLAYED_CODE in script.outcomes:
            used = self.sent_before.code(client_id)
            if used is None:
                # Nothing to be played again: this sign-in is an honest one, and the next gets its code.
                return fields
            # The new one leaves nowhere, and ends by itself.
            fields = {**fields, "code": used}
        run = self.scripts.count(script)
        if run is None:
            return fields
        self.scripts.observe(run, ANSWERED, "code" if "code" in fields else fields.get("error", ""))
        if "code" in fields:
            self.scripts.bind(run, codes.grant_id_of(self.grant_key, fields["code"]))
        if "slow_authorize" in run.outcomes:
            self.wait(run.seconds)
        return redirects.hostile(run.outcomes, fields)

    def asked(self, client_id: str, grant_id: str) -> None:
        """A sign-in that is answered elsewhere counts from its beginning: there is no redirect at its end."""
        script = self.scripts.holding(client_id)
        if script is None or not polls.concerns(script.outcomes):
            return
        run = self.scripts.count(script)
        if run is not None:
            self.scripts.bind(run, grant_id)
            self.scripts.observe(run, ASKED, "")

    def polled(self, grant_id: str) -> ProtocolError | None:
        run = self._run_of(grant_id)
        outcome = None if run is None else run.at(Place.POLLING)
        if run is None or outcome is None:
            return None
        return polls.answer(outcome, sum(one.what == TOKEN_REQUESTED for one in self.scripts.seen(run)))

    def id_token(self, client_id: str, grant_id: str, signer: Signer, claims: Mapping[str, Any]) -> str:
        exchange = CURRENT.get()
        if exchange is not None:
            exchange.client_id = client_id
        run = self._run_of(grant_id)
        outcome = run.at(Place.ID_TOKEN) if run is not None and run.client_id == client_id else None
        if outcome is None:
            return signer.sign(claims, typ=ID_TOKEN)
        if outcome == NEW_KEY:
            return self._by_a_new_key(signer, claims)
        if outcome == MAC_BY_SECRET:
            return forging.mac(signer, claims, ID_TOKEN, "" if exchange is None else exchange.secret)
        return id_tokens.hostile(outcome, signer, claims)

    def userinfo(self, grant_id: str, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        run = self.scripts.of_grant(grant_id)
        if run is None:
            return claims
        self.scripts.observe(run, USERINFO_REQUESTED, "200")
        if "userinfo_other_sub" in run.outcomes:
            return {**claims, "sub": new_secret(SUB_BYTES)}
        return claims

    def watched(self, endpoint: Endpoint) -> Endpoint:
        """The token endpoint, looked at: what came of codes and refresh tokens of a run."""

        def answer(request: Request) -> Response:
            run, what = self._asked_for(request)
            if run is None:
                return self._exchanged(endpoint, request, None)
            if "slow_token" in run.outcomes:
                self.wait(run.seconds)
            if "token_unavailable" in run.outcomes:
                headers = (*NO_STORE, *CORS, ("Retry-After", "1"))
                response = answer_json(NOT_AVAILABLE, status=503, headers=headers)
            elif "token_nonsense" in run.outcomes:
                response = Response(200, (("Content-Type", "text/html"), *NO_STORE, *CORS), NONSENSE)
            else:
                response = self._exchanged(endpoint, request, run)
            self.scripts.observe(run, what, str(response.status))
            return response

        return answer

    def _exchanged(self, endpoint: Endpoint, request: Request, run: Run | None) -> Response:
        """What the endpoint answers. A code that was redeemed is kept, to be played once more."""
        exchange = Exchange(secret_of(request), run)
        token = CURRENT.set(exchange)
        try:
            response = endpoint(request)
        finally:
            CURRENT.reset(token)
        # Other grants take no code: what comes beside them was perhaps never used.
        code = request.form.get("code") if request.form.get("grant_type") == "authorization_code" else None
        if response.status == 200 and exchange.client_id is not None and code is not None:
            self.sent_before.keep_code(exchange.client_id, code)
        return response

    def _run_of(self, grant_id: str) -> Run | None:
        """What is pushed comes of no request to the token endpoint."""
        exchange = CURRENT.get()
        return self.scripts.of_grant(grant_id) if exchange is None else exchange.run

    def _by_a_new_key(self, signer: Signer, claims: Mapping[str, Any]) -> str:
        """By the old one while others wait for theirs: making a pair of RSA takes up to a second."""
        if not self.slow.acquire(blocking=False):
            return signer.sign(claims, typ=ID_TOKEN)
        try:
            return self.new_keys.sign(signer, claims)
        finally:
            self.slow.release()

    def _asked_for(self, request: Request) -> tuple[Run | None, str]:
        if request.method != "POST":
            return None, ""
        handle, refresh_token = handle_of(request), request.form.get("refresh_token")
        if handle is not None:
            return self.scripts.of_grant(codes.grant_id_of(self.grant_key, handle)), TOKEN_REQUESTED
        found = None if refresh_token is None else refresh_tokens.read(self.grant_key, refresh_token)
        return None if found is None else self.scripts.of_grant(found.grant_id), REFRESH_REQUESTED

    def wait(self, seconds: int | None) -> None:
        if seconds is not None and self.slow.acquire(blocking=False):
            try:
                self.sleep(seconds)
            finally:
                self.slow.release()
