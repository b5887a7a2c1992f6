"""One authorization in progress.

Kept in the ephemeral store under its id, bound to the browser that started it. It holds what was
asked, never what was proved: proofs lie in the session, consents in the database.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from idp.crypto.digests import digest, new_secret, same
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.uris import csp_source
from idp.storage.ephemeral import EphemeralStore

ID_BYTES = 16
IN_POPUP = "popup."
"""Begins the id of one whose window stays with its opener (`authorize.popup`), so that every answer to an
address of it can say so, one that has looked nothing up included. No other id has a dot."""
REMEMBERED_SECONDS = 3600
"""How long an interaction that is over can still say which portal it came from."""


class InteractionExpired(Exception):
    """Unknown, over or finished: the person starts again at the portal, if we still know which."""

    def __init__(self, client_id: str | None = None, *, kind: str = "unknown") -> None:
        super().__init__(kind)
        self.client_id = client_id
        self.kind = kind
        """unknown, expired or finished."""


class InteractionForeign(Exception):
    """Started in another browser, or in this one while it keeps no cookies."""


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
    least_level: int = 1
    """Of a sign-in that our own pages ask for; what portals ask is in the request."""
    is_anew: bool = False
    """Our own page asks for a proof of now: what was proved before does not count."""
    is_finished: bool = False
    agreed: tuple[str, ...] = ()
    """Which particulars were agreed to in it (`details.particulars`), by their digests."""
    agreed_by: str | None = None
    """The person's id: who signs in in their place later has agreed to none of it."""
    choice: str | None = None
    """For whom the person acts, as they chose in it: `session_clients.MYSELF`, or the id of a mandate. None:
    undecided."""
    chosen_by: str | None = None
    """The person's id: nobody else has chosen anything."""

    def choice_of(self, person_id: str) -> str | None:
        return self.choice if self.chosen_by == person_id else None

    @property
    def client_id(self) -> str | None:
        return None if self.request is None else self.request.client_id

    @property
    def ui_locales(self) -> tuple[str, ...]:
        return () if self.request is None else self.request.ui_locales

    @property
    def form_action(self) -> str | None:
        """Where a form of this interaction may end, as a CSP source. None where it ends on a page of ours."""
        if self.request is None or self.request.answers_to is not None:
            return None
        return csp_source(self.request.redirect_uri)


def new(
    request: AuthorizationRequest | None,
    browser: str,
    now: datetime,
    *,
    seconds: int,
    target: str = "/account",
    in_popup: bool = False,
) -> Interaction:
    """An interaction that is not stored yet: one that needs no page never is."""
    return Interaction(
        id=(IN_POPUP if in_popup else "") + new_secret(ID_BYTES),
        browser=digest(browser),
        started_at=now,
        expires_at=now + timedelta(seconds=seconds),
        request=request,
        target=target,
    )


def is_in_popup(interaction_id: str) -> bool:
    """Also of an id that nobody made: what is shown of it says nothing of anybody."""
    return interaction_id.startswith(IN_POPUP)


def keep(store: EphemeralStore, interaction: Interaction, now: datetime) -> None:
    """Store it for its remaining time, and a while longer to know the way back to the portal."""
    left = max(int((interaction.expires_at - now).total_seconds()), 0)
    store.put(_key(interaction.id), _to_bytes(interaction), seconds=left + REMEMBERED_SECONDS)


def start_account(
    store: EphemeralStore,
    browser: str,
    now: datetime,
    *,
    seconds: int,
    target: str = "/account",
    level: int = 1,
    anew: bool = False,
) -> Interaction:
    """A sign-in that one of our own pages asks for. `anew`: whatever was proved before.

    Raises ValueError when `target` leads elsewhere.
    """
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        raise ValueError("a target is a path of this site")
    started = new(None, browser, now, seconds=seconds, target=target)
    interaction = replace(started, least_level=level, is_anew=anew)
    keep(store, interaction, now)
    return interaction


def find(store: EphemeralStore, interaction_id: str, browser: str, now: datetime) -> Interaction:
    """Raises InteractionExpired or InteractionForeign."""
    found = store.get(_key(interaction_id))
    if found is None:
        raise InteractionExpired
    interaction = _from_bytes(found)
    if not same(interaction.browser, digest(browser)):
        raise InteractionForeign
    if interaction.is_finished:
        raise InteractionExpired(interaction.client_id, kind="finished")
    if interaction.expires_at <= now:
        raise InteractionExpired(interaction.client_id, kind="expired")
    return interaction


def finished(store: EphemeralStore, interaction_id: str, browser: str) -> Interaction:
    """One that is over, for the page that says so. Raises InteractionExpired, InteractionForeign."""
    found = store.get(_key(interaction_id))
    if found is None or not (over := _from_bytes(found)).is_finished:
        raise InteractionExpired
    if not same(over.browser, digest(browser)):
        raise InteractionForeign
    return over


def agreed_to(store: EphemeralStore, interaction: Interaction, person_id: str, now: datetime) -> bool:
    """Note that this person agrees to all particulars of its request. False when another tab was faster."""
    request = interaction.request
    digests = () if request is None else request.particulars.digests
    return _note(store, interaction, replace(interaction, agreed=digests, agreed_by=person_id), now)


def choose(
    store: EphemeralStore, interaction: Interaction, person_id: str, choice: str, now: datetime
) -> bool:
    """Note for whom this person acts: `session_clients.MYSELF`, or a mandate's id. False when another tab was
    faster: the interaction goes on with what was chosen there.

    Whether it may be chosen is not asked here, but wherever the choice is used (`acting.choice`). What was
    agreed to before was agreed to for somebody else.
    """
    chosen = replace(interaction, choice=choice, chosen_by=person_id, agreed=(), agreed_by=None)
    return _note(store, interaction, chosen, now)


def _note(store: EphemeralStore, old: Interaction, new: Interaction, now: datetime) -> bool:
    left = max(int((old.expires_at - now).total_seconds()), 0)
    return store.replace(_key(old.id), _to_bytes(old), _to_bytes(new), seconds=left + REMEMBERED_SECONDS)


def finish(store: EphemeralStore, interaction: Interaction) -> bool:
    """Of all tabs that come to the end of it, one gets True and may answer the client."""
    over = replace(interaction, is_finished=True)
    return store.replace(
        _key(interaction.id), _to_bytes(interaction), _to_bytes(over), seconds=REMEMBERED_SECONDS
    )


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
        "least_level": interaction.least_level,
        "is_anew": interaction.is_anew,
        "is_finished": interaction.is_finished,
        "agreed": interaction.agreed,
        "agreed_by": interaction.agreed_by,
        "choice": interaction.choice,
        "chosen_by": interaction.chosen_by,
    }
    return json.dumps(value).encode()


def _from_bytes(data: bytes) -> Interaction:
    value = json.loads(data)
    request: dict[str, Any] | None = value.pop("request")
    agreed: Sequence[str] = value.pop("agreed", ())
    times: Sequence[str] = (value.pop("started_at"), value.pop("expires_at"))
    started_at, expires_at = map(datetime.fromisoformat, times)
    return Interaction(
        **value,
        agreed=tuple(agreed),
        started_at=started_at,
        expires_at=expires_at,
        request=None if request is None else AuthorizationRequest.from_json(request),
    )
