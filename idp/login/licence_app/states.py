"""What becomes of one link between a page and a licence app. Pure: a link and a move go in, a link comes out.

    shown ──► scanned ──► checking ──► confirmed ──► taken
                 │            │            │
                 └────────────┴────────────┴──► refused

The page shows a link; one telephone takes it up; its owner confirms by a signature, which is checked once;
the page takes the result, given the digits that the telephone shows. Each state has its end, after which the
link is over whatever anybody says. `refused` and `taken` are final.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from idp.crypto.digests import same

TRIES: Final = 3
"""At the digits. A stranger who has lured a signature out of somebody guesses them once in 3,333 times."""


class State(StrEnum):
    SHOWN = "shown"
    SCANNED = "scanned"
    CHECKING = "checking"
    """A signature is being checked: a second one at the same time waits, or it would use the challenge up."""
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    TAKEN = "taken"
    EXPIRED = "expired"
    """Never stored: time says it."""


FINAL: Final = frozenset({State.REFUSED, State.TAKEN})
"""What a link stays until it is over."""


class Ending(StrEnum):
    """Why a link was refused."""

    DECLINED = "declined"
    """On the telephone, by who began it."""
    NOT_MINE = "not_mine"
    """On the telephone: somebody else began it, which may be fraud."""
    LICENCE = "licence"
    """A rule of licences did not hold."""
    DIGITS = "digits"
    """Typed wrong too often."""


class WrongState(Exception):
    """The link does not stand where this move begins."""

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state


class WrongPhone(Exception):
    """Another telephone has taken it up."""


@dataclass(frozen=True, slots=True)
class Link:
    """One sign-in as a page shows it. Its id is this browser's to know, and later the telephone's."""

    id: str
    browser: str
    """Digest of the browser's id: nobody else takes the result."""
    interaction_id: str
    client_id: str | None
    """Who asks. None: a page of ours."""
    host: str
    """Where the browser goes back to."""
    address: str
    """From where the browser called."""
    started_at: datetime
    closes_at: datetime
    """When the sign-in as a whole is over."""
    ends_at: datetime
    """When the present state is."""
    generation: int = 0
    """Which of its codes is shown: a new one each time that the last has run out."""
    code_ends_at: datetime | None = None
    state: State = State.SHOWN
    phone: str | None = None
    """Digest of the token of the telephone that has taken it up."""
    asked: str | None = None
    """What that telephone was given to show and to sign."""
    proof: str | None = None
    """Sealed: what the licence proves."""
    tries: int = 0
    ending: Ending | None = None

    def state_at(self, now: datetime) -> State:
        return State.EXPIRED if now >= self.ends_at else self.state


def show_another_code(link: Link, now: datetime, code_ends_at: datetime) -> Link:
    _stands(link, now, State.SHOWN)
    return replace(link, generation=link.generation + 1, code_ends_at=code_ends_at)


def scan(link: Link, now: datetime, *, phone: str, asked: str, ends_at: datetime) -> Link:
    _stands(link, now, State.SHOWN)
    return _at(link, State.SCANNED, ends_at, phone=phone, asked=asked)


def begin_check(link: Link, now: datetime, *, phone: str, ends_at: datetime) -> Link:
    _stands(link, now, State.SCANNED, phone=phone)
    return _at(link, State.CHECKING, ends_at)


def confirm(link: Link, now: datetime, *, phone: str, proof: str, ends_at: datetime) -> Link:
    _stands(link, now, State.CHECKING, phone=phone)
    return _at(link, State.CONFIRMED, ends_at, proof=proof)


def look_again(link: Link, now: datetime, *, phone: str, ends_at: datetime) -> Link:
    """The check broke off before the challenge was used up."""
    _stands(link, now, State.CHECKING, phone=phone)
    return _at(link, State.SCANNED, ends_at)


def refuse(link: Link, now: datetime, *, phone: str, ending: Ending) -> Link:
    """By the telephone, until the page has taken the result; or of a licence that was refused."""
    began = (State.CHECKING,) if ending is Ending.LICENCE else (State.SCANNED, State.CONFIRMED)
    _stands(link, now, *began, phone=phone)
    return _refused(link, ending)


def take(link: Link, now: datetime) -> Link:
    """With the right digits. The caller has them looked at first."""
    _stands(link, now, State.CONFIRMED)
    return _at(link, State.TAKEN, link.closes_at, proof=None)


def miss(link: Link, now: datetime) -> Link:
    """The digits were wrong."""
    _stands(link, now, State.CONFIRMED)
    tries = link.tries + 1
    return replace(_refused(link, Ending.DIGITS) if tries >= TRIES else link, tries=tries)


def _stands(link: Link, now: datetime, *states: State, phone: str | None = None) -> None:
    if phone is not None and (link.phone is None or not same(link.phone, phone)):
        raise WrongPhone
    if (found := link.state_at(now)) not in states:
        raise WrongState(found)


def _refused(link: Link, ending: Ending) -> Link:
    return _at(link, State.REFUSED, link.closes_at, proof=None, ending=ending)


def _at(
    link: Link,
    state: State,
    ends_at: datetime,
    *,
    phone: str | None = None,
    asked: str | None = None,
    proof: str | None = None,
    ending: Ending | None = None,
) -> Link:
    """No state outlives the sign-in; what a later state does not need is gone with the earlier one."""
    return replace(
        link,
        state=state,
        ends_at=min(ends_at, link.closes_at),
        phone=phone or link.phone,
        asked=asked or link.asked,
        proof=proof,
        ending=ending,
    )
