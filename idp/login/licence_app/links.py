"""Links between pages and licence apps, kept in the ephemeral store: each change is one compare-and-set.

A link's code is not kept: it follows from the link's id and a key of ours, so that a page can draw it again,
and stands in the store as a keyed digest that leads to the link. The first telephone takes it; whoever comes
with it later, or after its time, finds nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from idp.crypto.digests import digest, keyed, new_secret, same
from idp.login.licence_app import codes, states
from idp.login.licence_app.records import from_bytes, to_bytes
from idp.login.licence_app.states import Ending, Link, State, WrongPhone, WrongState
from idp.storage.ephemeral import EphemeralStore

KEY_USE: Final = "licence app links"
ID_BYTES: Final = 16
CHECK_SECONDS: Final = 60
"""A check that has not come to its end by then has died with its process."""
PACE_SECONDS: Final = 1
KEPT_SECONDS: Final = 120
"""After a link is over, for a page that asks late."""
CONTENTION_TRIES: Final = 8


class LinkGone(Exception):
    """No such link, or not any more."""


class UnknownCode(Exception):
    """Never given out, used, or over: nobody is told which."""


class WrongDigits(Exception):
    """`left`: further tries."""

    def __init__(self, left: int) -> None:
        super().__init__("wrong digits")
        self.left = left


@dataclass(frozen=True, slots=True)
class Times:
    """How long each state lasts."""

    code: timedelta
    confirm: timedelta
    take: timedelta


@dataclass(frozen=True, slots=True)
class Scanned:
    link: Link
    token: str
    """What the telephone shows that it is the one; nobody else ever has it."""


@dataclass(frozen=True, slots=True)
class Links:
    """Raises StoreUnavailable, everywhere."""

    store: EphemeralStore
    key: bytes
    times: Times

    def open(
        self,
        *,
        browser: str,
        interaction_id: str,
        client_id: str | None,
        host: str,
        address: str,
        now: datetime,
        closes_at: datetime,
    ) -> Link:
        """`browser`: the digest of its id."""
        link = Link(
            id=new_secret(ID_BYTES),
            browser=browser,
            interaction_id=interaction_id,
            client_id=client_id,
            host=host,
            address=address,
            started_at=now,
            closes_at=closes_at,
            ends_at=closes_at,
        )
        self.store.put(_key(link.id), to_bytes(link), seconds=_seconds(link, now))
        return link

    def find(self, link_id: str) -> Link:
        """Raises LinkGone."""
        found = self.store.get(_key(link_id))
        if found is None:
            raise LinkGone
        return from_bytes(found)

    def code(self, link: Link, now: datetime) -> tuple[Link, str]:
        """The code to show: the last one, or where less than a fifth of its time is left, another one. The
        former stays good to its end. Raises LinkGone, WrongState."""
        if (state := link.state_at(now)) is not State.SHOWN:
            raise WrongState(state)
        ends_at = link.code_ends_at
        if ends_at is not None and ends_at - now >= self.times.code / 5:
            return link, codes.code_of(link, self.key)
        until, seconds = now + self.times.code, int(self.times.code.total_seconds())
        for _ in range(CONTENTION_TRIES):
            link = self._change(link.id, now, lambda found: states.show_another_code(found, now, until))
            code = codes.code_of(link, self.key)
            if self.store.add_once(self._code_key(code), link.id.encode("ascii"), seconds=seconds):
                break
        return link, code

    def peek(self, code: str) -> Link:
        """Which link a code leads to; it stays good. Raises UnknownCode."""
        found = self.store.get(self._code_key(code))
        try:
            return self.find("" if found is None else found.decode("ascii"))
        except LinkGone:
            raise UnknownCode from None

    def scan(self, code: str, asked: Callable[[Link], str], now: datetime) -> Scanned:
        """Take the link up. `asked`: what its telephone is given to show, of the link. `code`: as
        `normalise` gives it. Raises UnknownCode."""
        found = self.store.take(self._code_key(code))
        if found is None:
            raise UnknownCode
        token = new_secret()
        try:
            link = self._change(
                found.decode("ascii"),
                now,
                lambda link: states.scan(
                    link, now, phone=digest(token), asked=asked(link), ends_at=now + self.times.confirm
                ),
            )
        except (LinkGone, WrongState):
            raise UnknownCode from None
        return Scanned(link, token)

    def of_phone(self, link_id: str, token: str) -> Link:
        """Raises LinkGone; also for a telephone that has not taken it up."""
        link = self.find(link_id)
        if link.phone is None or not same(link.phone, digest(token)):
            raise LinkGone
        return link

    def begin_check(self, link: Link, token: str, now: datetime) -> Link:
        """Raises WrongState, LinkGone."""
        ends_at = now + timedelta(seconds=CHECK_SECONDS)
        phone = digest(token)
        return self._change(
            link.id, now, lambda found: states.begin_check(found, now, phone=phone, ends_at=ends_at)
        )

    def look_again(self, link: Link, token: str, now: datetime) -> Link:
        """The check broke off, and the same signature may come again. Raises WrongState, LinkGone."""
        phone = digest(token)
        return self._change(
            link.id, now, lambda found: states.look_again(found, now, phone=phone, ends_at=link.ends_at)
        )

    def confirm(self, link: Link, token: str, proof: str, now: datetime) -> Link:
        """`proof`: sealed. Raises WrongState, LinkGone."""
        phone, ends_at = digest(token), now + self.times.take
        return self._change(
            link.id, now, lambda found: states.confirm(found, now, phone=phone, proof=proof, ends_at=ends_at)
        )

    def refuse(self, link: Link, token: str, ending: Ending, now: datetime) -> Link:
        """Raises WrongState, LinkGone."""
        phone = digest(token)
        return self._change(link.id, now, lambda found: states.refuse(found, now, phone=phone, ending=ending))

    def is_time_to_ask(self, link: Link, who: str) -> bool:
        """False for who has asked within the last second."""
        return self.store.add_once(f"licence-app-pace:{who}:{digest(link.id)}", b"1", seconds=PACE_SECONDS)

    def digits(self, link: Link) -> str:
        """What the telephone shows once it has confirmed, and the page asks for."""
        return codes.digits_of(link, self.key)

    def take(self, link: Link, typed: str, now: datetime) -> str:
        """The sealed proof, for one caller. Raises WrongDigits, WrongState, LinkGone."""
        proof: list[str | None] = []

        def move(found: Link) -> Link:
            proof[:] = [found.proof]
            is_right = same(typed, self.digits(found))
            return states.take(found, now) if is_right else states.miss(found, now)

        after = self._change(link.id, now, move)
        if after.state is State.TAKEN and proof[0] is not None:
            return proof[0]
        raise WrongDigits(states.TRIES - after.tries)

    def _change(self, link_id: str, now: datetime, move: Callable[[Link], Link]) -> Link:
        """Of all who move a link from one state, one does; the others are asked anew of the next."""
        for _ in range(CONTENTION_TRIES):
            raw = self.store.get(_key(link_id))
            if raw is None:
                raise LinkGone
            try:
                changed = move(from_bytes(raw))
            except WrongPhone:
                raise LinkGone from None
            if self.store.replace(_key(link_id), raw, to_bytes(changed), seconds=_seconds(changed, now)):
                return changed
        raise LinkGone

    def _code_key(self, code: str) -> str:
        return f"licence-app-code:{keyed(self.key, 'code key', code)}"


def _key(link_id: str) -> str:
    return f"licence-app-link:{digest(link_id)}"


def _seconds(link: Link, now: datetime) -> int:
    return max(int((link.ends_at - now).total_seconds()), 0) + KEPT_SECONDS
