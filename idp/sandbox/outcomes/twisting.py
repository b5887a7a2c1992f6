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
from idp.sandbox.outcomes import endings, id_tokens, redirects
from idp.sandbox.outcomes.catalogue import Place
from idp.sandbox.outcomes.scripts import Run, Scripts
from idp.sandbox.outcomes.state import ANSWERED, REFRESH_REQUESTED, TOKEN_REQUESTED, USERINFO_REQUESTED

SLOW_AT_ONCE: Final = 2
"""Of a process: whoever waits for a slow answer holds a thread of it. Beyond that answers come at once."""
SUB_BYTES: Final = 32
NOT_AVAILABLE: Final = {"error": "temporarily_unavailable", "error_description": "Please try again."}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The scripts at work."""

    scripts: Scripts
    grant_key: bytes
    sleep: Callable[[float], None]
    slow: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(SLOW_AT_ONCE))

    def twists(self) -> Twists:
        return Twists(self.ending, self.keeps_out, self.answered, self.id_token, self.userinfo)

    def ending(self, wanted: AuthorizationRequest, step: Step) -> ProtocolError | None:
        script = self.scripts.holding(wanted.client_id)
        return None if script is None else endings.ending(script.outcomes, wanted, step)

    def keeps_out(self, client_id: str | None) -> str | None:
        script = None if client_id is None else self.scripts.holding(client_id)
        return PersonStatus.FROZEN if script is not None and "account_locked" in script.outcomes else None

    def answered(self, client_id: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        """The sign-in counts from here on, and what comes of its code belongs to its run."""
        run = self.scripts.draw(client_id)
        if run is None:
            return fields
        if "code" in fields and "redirect_replayed_code" in run.outcomes:
            # To the app as good as one that was used. The right one leaves nowhere, and ends by itself.
            fields = {**fields, "code": new_secret()}
        self.scripts.observe(run, ANSWERED, "code" if "code" in fields else fields.get("error", ""))
        if "code" in fields:
            self.scripts.bind(run, codes.grant_id_of(self.grant_key, fields["code"]))
        if "slow_authorize" in run.outcomes:
            self._wait(run)
        return redirects.hostile(run.outcomes, fields)

    def id_token(self, client_id: str, grant_id: str, signer: Signer, claims: Mapping[str, Any]) -> str:
        run = self.scripts.of_grant(grant_id)
        outcome = run.at(Place.ID_TOKEN) if run is not None and run.client_id == client_id else None
        if outcome is None:
            return signer.sign(claims, typ=ID_TOKEN)
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
            run, what = self._asked(request)
            if run is None:
                return endpoint(request)
            if "slow_token" in run.outcomes:
                self._wait(run)
            if "token_unavailable" in run.outcomes:
                headers = (*NO_STORE, *CORS, ("Retry-After", "1"))
                response = answer_json(NOT_AVAILABLE, status=503, headers=headers)
            else:
                response = endpoint(request)
            self.scripts.observe(run, what, str(response.status))
            return response

        return answer

    def _asked(self, request: Request) -> tuple[Run | None, str]:
        if request.method != "POST":
            return None, ""
        code, refresh_token = request.form.get("code"), request.form.get("refresh_token")
        if code is not None:
            return self.scripts.of_grant(codes.grant_id_of(self.grant_key, code)), TOKEN_REQUESTED
        found = None if refresh_token is None else refresh_tokens.read(self.grant_key, refresh_token)
        return None if found is None else self.scripts.of_grant(found.grant_id), REFRESH_REQUESTED

    def _wait(self, run: Run) -> None:
        if run.seconds is not None and self.slow.acquire(blocking=False):
            try:
                self.sleep(run.seconds)
            finally:
                self.slow.release()
