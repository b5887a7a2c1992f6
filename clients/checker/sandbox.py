"""The sandbox as the provider: its ordinary pages, and forced outcomes (docs/sandbox-outcomes.md)."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from .browser import Astray, Browser
from .lies import Lie, LogoutLie
from .pages import forms
from .provider import Citizen, Notified
from .wire import Fetch, NotReached, Sent

OUTCOMES: Mapping[Lie, str] = {
    Lie.WRONG_STATE: "redirect_wrong_state",
    Lie.NO_STATE: "redirect_missing_state",
    Lie.WRONG_ANSWER_ISS: "redirect_wrong_iss",
    Lie.NO_ANSWER_ISS: "redirect_missing_iss",
    Lie.UNSIGNED: "id_token_alg_none",
    Lie.BAD_SIGNATURE: "id_token_bad_signature",
    Lie.OTHER_KEY: "id_token_other_key",
    Lie.MAC_WITH_PUBLIC_KEY: "id_token_hs256",
    Lie.MAC_WITH_CLIENT_SECRET: "id_token_hs256_client_secret",
    Lie.EXPIRED: "id_token_expired",
    Lie.FROM_THE_FUTURE: "id_token_future",
    Lie.WRONG_ISS: "id_token_wrong_iss",
    Lie.WRONG_AUD: "id_token_wrong_aud",
    Lie.EXTRA_AUD: "id_token_extra_aud",
    Lie.WRONG_NONCE: "id_token_wrong_nonce",
    Lie.NO_NONCE: "id_token_missing_nonce",
    Lie.LOWER_ACR: "id_token_wrong_acr",
    Lie.WRONG_AT_HASH: "id_token_wrong_at_hash",
    Lie.OTHER_SUB_AT_USERINFO: "userinfo_other_sub",
    Lie.TOKEN_ENDPOINT_DOWN: "token_unavailable",
    Lie.TOKEN_ENDPOINT_NONSENSE: "token_nonsense",
}
LOGOUTS: Mapping[LogoutLie, str] = {
    LogoutLie.BAD_SIGNATURE: "logout_bad_signature",
    LogoutLie.UNSIGNED: "logout_alg_none",
    LogoutLie.EXPIRED: "logout_expired",
    LogoutLie.WRONG_ISS: "logout_wrong_iss",
    LogoutLie.WRONG_AUD: "logout_wrong_aud",
    LogoutLie.WITH_NONCE: "logout_with_nonce",
    LogoutLie.NO_EVENTS: "logout_missing_events",
    LogoutLie.SUB_ALONE: "logout_sub_alone",
    LogoutLie.REPLAYED: "logout_replayed_later",
}
NEW_KEY = "id_token_new_key"
LOOK_AGAIN_SECONDS = 0.5


class Script(Protocol):
    """What the sandbox does for one application."""

    def choose(self, outcome: str) -> None:
        """From now on, until something else is chosen. Raises NotReached."""

    def clear(self) -> None: ...

    def state(self) -> Mapping[str, Any]:
        """`runs` and `logouts`, as docs/sandbox-outcomes.md has them."""


class Sandbox:
    def __init__(
        self,
        issuer: str,
        script: Script,
        citizen: Citizen,
        end_session_url: str,
        pause: Callable[[float], None],
        notice_seconds: float,
    ) -> None:
        """`notice_seconds`: how long a logout token may take that its worker sends."""
        self.issuer = issuer
        self.citizen: Citizen | None = citizen
        self._script = script
        self._end_session_url = end_session_url
        self._pause = pause
        self._notice_seconds = notice_seconds
        self._is_lying = False

    def tell(self, lie: Lie | None) -> bool:
        if lie is None:
            self._script.clear()
            self._is_lying = False
            return True
        if lie not in OUTCOMES:
            return False
        self._script.choose(OUTCOMES[lie])
        self._is_lying = True
        return True

    def counted(self, endpoint: str) -> int | None:
        """It writes down what follows an answer that it changed, and no other."""
        if not self._is_lying:
            return None
        runs = self._script.state()["runs"]
        seen = [one for run in runs for one in run["observed"] if one["what"] == f"{endpoint}_requested"]
        return len(seen)

    def secrets(self) -> frozenset[str]:
        return frozenset()

    def notify(self, uri: str, lie: LogoutLie, browser: Browser) -> Notified | None:
        """By ending the session there, as its citizen would: that sends logout tokens."""
        if lie is LogoutLie.NONE:
            self._sign_out(browser)
            return Notified(None)
        if lie not in LOGOUTS:
            return None
        self._script.choose(LOGOUTS[lie])
        try:
            self._sign_out(browser)
            return self._heard()
        finally:
            self._script.clear()

    def new_key(self) -> bool:
        """One for each ID token of this application, until it is told the truth again."""
        self._script.choose(NEW_KEY)
        self._is_lying = True
        return True

    def _heard(self) -> Notified | None:
        waited = 0.0
        while waited <= self._notice_seconds:
            if told := self._script.state()["logouts"]:
                return Notified(told[-1]["status"])
            self._pause(LOOK_AGAIN_SECONDS)
            waited += LOOK_AGAIN_SECONDS
        return None

    def _sign_out(self, browser: Browser) -> None:
        hop = browser.get(self._end_session_url)
        while hop.leads_to:
            hop = browser.follow(hop)
        found = next((form for form in forms(hop.answer.text) if form.id == "logout-form"), None)
        if found is None:
            raise Astray("provider_asks", "logout")
        pressed = {name: values[0] for name, values in found.buttons.items()}
        browser.post(hop.url, {**found.fields, **pressed})


class ScriptOverHttp:
    """With a test token of the application, which its page of forced outcomes makes."""

    def __init__(self, issuer: str, client_id: str, token: str, fetch: Fetch) -> None:
        self._address = f"{issuer.rstrip('/')}/sandbox/apps/{client_id}/outcomes"
        self._token = token
        self._fetch = fetch

    def choose(self, outcome: str) -> None:
        self._ask("PUT", json.dumps({"outcomes": [outcome], "sign_ins": None}).encode())

    def clear(self) -> None:
        self._ask("DELETE", None)

    def state(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self._ask("GET", None))
        return found

    def _ask(self, method: str, body: bytes | None) -> bytes:
        headers = (("Authorization", f"Bearer {self._token}"), ("Content-Type", "application/json"))
        answer = self._fetch(Sent(method, self._address, headers, body))
        if answer.status == 401:
            raise NotReached("the sandbox does not take the test token: has it expired?")
        if answer.status not in (200, 204):
            raise NotReached(f"the sandbox answered {answer.status} where outcomes are chosen")
        return answer.body


def read_end_session_url(issuer: str, fetch: Fetch) -> str:
    """From the sandbox's metadata. Raises NotReached."""
    answer = fetch(Sent("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
    try:
        found = json.loads(answer.body)
        if answer.status != 200 or found["issuer"] != issuer:
            raise ValueError("not the metadata of this issuer")
        return str(found["end_session_endpoint"])
    except (ValueError, KeyError, TypeError) as problem:
        raise NotReached(f"no metadata of {issuer}: {type(problem).__name__}") from None
