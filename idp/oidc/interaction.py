"""One authorization in progress, and the one place that decides what it needs next.

Kept in the ephemeral store under its id, bound to the browser that started it. It holds what was
asked, never what was proved: proofs lie in the session, consents in the database.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from idp.crypto.digests import digest, new_secret
from idp.oidc import errors, levels
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client
from idp.oidc.clients.uris import csp_source
from idp.oidc.levels import LevelAsked
from idp.oidc.sharing import Agreed
from idp.sessions import SignIn
from idp.storage.ephemeral import EphemeralStore

ID_BYTES = 16
REMEMBERED_SECONDS = 3600
"""How long an interaction that is over can still say which portal it came from."""
NUMBER_SCOPE = "resident_number"
VERIFIED = 2
PRESENT = 3


class InteractionExpired(Exception):
    """Unknown, over or finished: the person starts again at the portal, if we still know which."""

    def __init__(self, client_id: str | None = None, *, kind: str = "unknown") -> None:
        super().__init__(kind)
        self.client_id = client_id
        self.kind = kind
        """unknown, expired or finished."""


class InteractionForeign(Exception):
    """Started in another browser, or in this one while it keeps no cookies."""


class Step(StrEnum):
    """What an interaction needs next."""

    LOGIN = "login"
    ENROL = "enrol"
    """The account was never bound to a verified person; what is asked needs one that is."""
    PRESENCE = "presence"
    CONSENT = "consent"
    ISSUE = "issue"
    RETURN = "return"
    """An interaction of our own pages is done."""
    # The client gets an error:
    LOGIN_REQUIRED = "login_required"
    INTERACTION_REQUIRED = "interaction_required"
    CONSENT_REQUIRED = "consent_required"
    UNREACHABLE = "unreachable"


REFUSALS: dict[Step, errors.ProtocolError] = {
    Step.LOGIN_REQUIRED: errors.LoginRequired("The person has to sign in."),
    Step.INTERACTION_REQUIRED: errors.InteractionRequired("The person has to prove more."),
    Step.CONSENT_REQUIRED: errors.ConsentRequired("The person has to agree."),
    Step.UNREACHABLE: errors.UnmetAuthenticationRequirements("The acr asked for cannot be reached here."),
}
# OpenID Connect Core 1.0 sections 3.1.2.1 and 3.1.2.6: what prompt=none answers instead of a page.
WITHOUT_PAGES = {
    Step.LOGIN: Step.LOGIN_REQUIRED,
    Step.ENROL: Step.INTERACTION_REQUIRED,
    Step.PRESENCE: Step.INTERACTION_REQUIRED,
    Step.CONSENT: Step.CONSENT_REQUIRED,
}


@dataclass(frozen=True, slots=True)
class Interaction:
    id: str
    browser: str
    """Digest of the browser's id."""
    started_at: datetime
    expires_at: datetime
    request: AuthorizationRequest | None
    """None when one of our own pages asked for a sign-in."""
    target: str = "/account"
    """The local path to return to, for our own pages."""
    is_finished: bool = False

    @property
    def client_id(self) -> str | None:
        return None if self.request is None else self.request.client_id

    @property
    def ui_locales(self) -> tuple[str, ...]:
        return () if self.request is None else self.request.ui_locales

    @property
    def form_action(self) -> str | None:
        """Where a form of this interaction may end, as a CSP source. None for our own pages."""
        return None if self.request is None else csp_source(self.request.redirect_uri)


def new(
    request: AuthorizationRequest | None,
    browser: str,
    now: datetime,
    *,
    seconds: int,
    target: str = "/account",
) -> Interaction:
    """An interaction that is not stored yet: one that needs no page never is."""
    return Interaction(
        id=new_secret(ID_BYTES),
        browser=digest(browser),
        started_at=now,
        expires_at=now + timedelta(seconds=seconds),
        request=request,
        target=target,
    )


def keep(store: EphemeralStore, interaction: Interaction, now: datetime) -> None:
    """Store it for its remaining time, and a while longer to know the way back to the portal."""
    left = max(int((interaction.expires_at - now).total_seconds()), 0)
    store.put(_key(interaction.id), _to_bytes(interaction), seconds=left + REMEMBERED_SECONDS)


def start_account(
    store: EphemeralStore, browser: str, now: datetime, *, seconds: int, target: str = "/account"
) -> Interaction:
    """A sign-in that one of our own pages asks for. Raises ValueError when `target` leads elsewhere."""
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        raise ValueError("a target is a path of this site")
    interaction = new(None, browser, now, seconds=seconds, target=target)
    keep(store, interaction, now)
    return interaction


def find(store: EphemeralStore, interaction_id: str, browser: str, now: datetime) -> Interaction:
    """Raises InteractionExpired or InteractionForeign."""
    found = store.get(_key(interaction_id))
    if found is None:
        raise InteractionExpired
    interaction = _from_bytes(found)
    if interaction.browser != digest(browser):
        raise InteractionForeign
    if interaction.is_finished:
        raise InteractionExpired(interaction.client_id, kind="finished")
    if interaction.expires_at <= now:
        raise InteractionExpired(interaction.client_id, kind="expired")
    return interaction


def finish(store: EphemeralStore, interaction: Interaction) -> bool:
    """Of all tabs that come to the end of it, one gets True and may answer the client."""
    over = replace(interaction, is_finished=True)
    return store.replace(
        _key(interaction.id), _to_bytes(interaction), _to_bytes(over), seconds=REMEMBERED_SECONDS
    )


def level_asked(interaction: Interaction, client: Client | None) -> int:
    """The lowest level that a sign-in has to reach, for the pages that offer the ways."""
    return asked_of(interaction, client).needed


def asked_of(interaction: Interaction, client: Client | None) -> LevelAsked:
    if interaction.request is None or client is None:
        return LevelAsked(levels.LOWEST)
    request = interaction.request
    # A text message alone must not release the number that everything else is keyed on.
    least = VERIFIED if NUMBER_SCOPE in request.units else levels.LOWEST
    minimum = max(client.metadata.minimum_level, least)
    return levels.ask(minimum, request.acr_values, request.essential_acr)


def counting(interaction: Interaction, sign_in: SignIn | None, now: datetime) -> SignIn | None:
    """The sign-in as far as this request lets it count; None when nothing of it does.

    After `prompt=login` and beyond `max_age` older proofs do not: or a text message would renew the level
    of a password that somebody else showed hours ago.
    """
    request = interaction.request
    if sign_in is None or request is None:
        return sign_in
    proofs = tuple(proof for proof in sign_in.proofs if _is_recent(interaction, request, proof.at, now))
    return replace(sign_in, proofs=proofs) if proofs else None


def next_step(
    interaction: Interaction,
    sign_in: SignIn | None,
    client: Client | None,
    agreed: Agreed | None,
    now: datetime,
    *,
    presence_seconds: int,
    sub: str | None = None,
) -> Step:
    """What this interaction needs next; nothing else decides it.

    `sign_in`: who is signed in in this browser; `agreed`: what they have agreed to with this client;
    `presence_seconds`: how long presence counts for this client; `sub`: the signed-in person's, when
    the request names one by id_token_hint.
    """
    step = _next(interaction, sign_in, client, agreed, now, presence_seconds, sub)
    request = interaction.request
    return WITHOUT_PAGES.get(step, step) if request is not None and "none" in request.prompt else step


def _next(
    interaction: Interaction,
    sign_in: SignIn | None,
    client: Client | None,
    agreed: Agreed | None,
    now: datetime,
    presence_seconds: int,
    sub: str | None,
) -> Step:
    request = interaction.request
    if request is None or client is None:
        return Step.LOGIN if sign_in is None else Step.RETURN
    asked = asked_of(interaction, client)
    if asked.unreachable:
        return Step.UNREACHABLE
    sign_in = counting(interaction, sign_in, now)
    if sign_in is None:
        return Step.LOGIN
    if request.hinted_sub is not None and request.hinted_sub != sub:
        # OpenID Connect Core 1.0 section 3.1.2.2: never another person's answer to a hint.
        return Step.LOGIN
    if not asked.is_met_by(sign_in.level(now, presence_seconds)):
        return _raising(asked.needed, sign_in)
    if not _is_agreed(interaction, request, client, agreed, now):
        return Step.CONSENT
    return Step.ISSUE


def _raising(needed: int, sign_in: SignIn) -> Step:
    if needed >= VERIFIED > sign_in.account_level:
        return Step.ENROL
    return Step.PRESENCE if needed >= PRESENT else Step.LOGIN


def _is_recent(
    interaction: Interaction, request: AuthorizationRequest, proved_at: datetime, now: datetime
) -> bool:
    if proved_at >= interaction.started_at:
        return True
    if {"login", "select_account"} & set(request.prompt):
        return False
    # OpenID Connect Core 1.0 section 3.1.2.1, max_age. Whole seconds, as auth_time shows them.
    age = int(now.timestamp()) - int(proved_at.timestamp())
    return request.max_age is None or (age <= request.max_age and request.max_age > 0)


def _is_agreed(
    interaction: Interaction,
    request: AuthorizationRequest,
    client: Client,
    agreed: Agreed | None,
    now: datetime,
) -> bool:
    if agreed is None or not agreed.covers(request.units, client.metadata.purpose_code, now):
        return False
    return "consent" not in request.prompt or agreed.given_at >= interaction.started_at


def _key(interaction_id: str) -> str:
    return f"interaction:{digest(interaction_id)}"


def _to_bytes(interaction: Interaction) -> bytes:
    request = interaction.request
    value: dict[str, Any] = {
        "id": interaction.id,
        "browser": interaction.browser,
        "started_at": interaction.started_at.isoformat(),
        "expires_at": interaction.expires_at.isoformat(),
        "request": None if request is None else request.to_json(),
        "target": interaction.target,
        "is_finished": interaction.is_finished,
    }
    return json.dumps(value).encode()


def _from_bytes(data: bytes) -> Interaction:
    value = json.loads(data)
    request: dict[str, Any] | None = value.pop("request")
    times: Sequence[str] = (value.pop("started_at"), value.pop("expires_at"))
    started_at, expires_at = map(datetime.fromisoformat, times)
    return Interaction(
        **value,
        started_at=started_at,
        expires_at=expires_at,
        request=None if request is None else AuthorizationRequest.from_json(request),
    )
