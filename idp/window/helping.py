"""One clerk's help with one sign-in: where it stands, kept sealed in the ephemeral store.

    the device shows a code -> a clerk takes it -> names the person and says what was checked
        -> the person at the device says yes -> signed in (or: the face check goes on at the device)

Every step is one replacement of what was there, so of two who act at once one does, and a page that is late
changes nothing. The clerk knows the help by its id; the device by its interaction, in its own browser.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from idp.crypto.digests import digest, new_secret, same
from idp.crypto.fields import FieldCipher
from idp.staff.sessions import StaffSignIn
from idp.storage.ephemeral import EphemeralStore
from idp.window import codes

REMEMBERED_SECONDS: Final = 600
"""How long both sides can still see what became of it."""
RESERVATIONS: Final = 8
"""Tries for a code that nobody has: one in a million needs a second."""
TIMES: Final = ("shown_at", "expires_at")


class State(StrEnum):
    WAITING = "waiting"
    """The device shows the code."""
    TAKEN = "taken"
    """A clerk has entered it and sees who asks."""
    OFFERED = "offered"
    """The clerk has named and checked somebody: the device asks them."""
    FACE = "face"
    """The person said yes, and goes on with the face check."""
    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    """By the person at the device."""
    TO_ENROL = "to_enrol"
    """There is no account yet: the device leads to the enrolment."""
    GIVEN_UP = "given_up"
    """By the clerk, or because the clerk's session has ended."""


class Checked(StrEnum):
    """What the clerk says that they did."""

    CARD_AND_FACE = "card_and_face"
    """Saw the card, and compared its picture with who stands there."""
    FACE_AT_DEVICE = "face_at_device"
    """Saw the card; the person shows their face to the device."""


EXPIRED: Final = "expired"
UNDER_WAY: Final = frozenset({State.WAITING, State.TAKEN, State.OFFERED, State.FACE})


@dataclass(frozen=True, slots=True, repr=False)
class Help:
    id: str
    browser: str
    """Digest of the device's browser id."""
    interaction_id: str
    client_id: str | None
    level: int
    """That the service asks for."""
    address: str
    """Where the device calls from, for the clerk to compare."""
    shown_at: datetime
    expires_at: datetime
    """Of the code; once it is taken, of the help."""
    state: State = State.WAITING
    staff_id: str = ""
    sid: str = ""
    """The clerk's session: with it the help ends."""
    staff_number: str = ""
    office: str = ""
    window: str = ""
    person_id: str = ""
    name_masked: str = ""
    checked: str = ""

    def stands(self, now: datetime) -> str:
        """Its state, or `expired` once the time of what is under way has run out."""
        is_late = self.state in UNDER_WAY and self.expires_at <= now
        return EXPIRED if is_late else self.state.value

    def is_over(self, now: datetime) -> bool:
        return self.state not in UNDER_WAY or self.expires_at <= now

    def seconds_left(self, now: datetime) -> int:
        return max(0, int((self.expires_at - now).total_seconds()))


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """As it lay in the store, so that a change can say what it changes."""

    help: Help
    raw: bytes


class HelpChanged(Exception):
    """Somebody was faster: the other side, another tab, another clerk."""


@dataclass(frozen=True, slots=True, repr=False)
class Helps:
    store: EphemeralStore
    cipher: FieldCipher
    key: bytes
    """For codes alone, `MasterKeys.derived(codes.KEY_USE)`."""
    code_seconds: int
    help_seconds: int

    def begin(
        self,
        interaction_id: str,
        *,
        browser: str,
        client_id: str | None,
        level: int,
        address: str,
        now: datetime,
    ) -> Help:
        """A new code for this device; the one that it showed before, and what rested on it, ends."""
        former = self.of_device(interaction_id, browser)
        if former is not None:
            codes.drop(self.store, self.key, former.help.id)
            self.store.delete(_key(former.help.id))
        for _try in range(RESERVATIONS):
            begun = Help(
                id=new_secret(16),
                browser=browser,
                interaction_id=interaction_id,
                client_id=client_id,
                level=level,
                address=address,
                shown_at=now,
                expires_at=now + timedelta(seconds=self.code_seconds),
            )
            # Before its code: whoever finds the code finds it.
            self._put(begun, now)
            if codes.reserve(self.store, self.key, begun.id, seconds=self.code_seconds):
                place = _device(interaction_id)
                self.store.put(place, begun.id.encode("ascii"), seconds=self._kept(begun, now))
                return begun
            self.store.delete(_key(begun.id))
        raise AssertionError("no code is free")

    def code_of(self, shown: Help) -> str:
        return codes.shown(codes.code_of(self.key, shown.id))

    def of_device(self, interaction_id: str, browser: str) -> Held | None:
        """The latest one of this interaction, in the browser that began it."""
        found = self.store.get(_device(interaction_id))
        held = None if found is None else self._find(found.decode("ascii"))
        return held if held is not None and same(held.help.browser, browser) else None

    def of_clerk(self, help_id: str, staff_id: str) -> Held | None:
        """One that this clerk has taken."""
        held = self._find(help_id)
        return held if held is not None and held.help.staff_id == staff_id else None

    def take(self, typed: str, clerk: StaffSignIn, now: datetime) -> Help | None:
        """By its code, which is used up; None when it is none, or not any more."""
        help_id = codes.take(self.store, self.key, typed)
        held = None if help_id is None else self._find(help_id)
        if held is None or held.help.state is not State.WAITING or held.help.is_over(now):
            return None
        try:
            return self.change(
                held,
                now,
                state=State.TAKEN,
                expires_at=now + timedelta(seconds=self.help_seconds),
                staff_id=clerk.staff_id,
                sid=clerk.sid,
                staff_number=clerk.staff_number,
                office=clerk.office,
                window=clerk.window,
            )
        except HelpChanged:
            return None

    def change(self, held: Held, now: datetime, **fields: Any) -> Help:
        """Raises HelpChanged."""
        changed = replace(held.help, **fields)
        key = _key(changed.id)
        if not self.store.replace(key, held.raw, self._sealed(changed), seconds=self._kept(changed, now)):
            raise HelpChanged
        return changed

    def _find(self, help_id: str) -> Held | None:
        key = _key(help_id)
        raw = self.store.get(key)
        if raw is None:
            return None
        value = json.loads(self.cipher.open(raw, context=key))
        times = {name: datetime.fromisoformat(value.pop(name)) for name in TIMES}
        return Held(Help(**{**value, **times, "state": State(value["state"])}), raw)

    def _put(self, begun: Help, now: datetime) -> None:
        self.store.put(_key(begun.id), self._sealed(begun), seconds=self._kept(begun, now))

    def _sealed(self, one: Help) -> bytes:
        value = asdict(one) | {name: getattr(one, name).isoformat() for name in TIMES}
        return self.cipher.seal(json.dumps(value), context=_key(one.id))

    def _kept(self, one: Help, now: datetime) -> int:
        # Over the whole of it, since what names it is not made anew with each step.
        return one.seconds_left(now) + self.help_seconds + REMEMBERED_SECONDS


def _key(help_id: str) -> str:
    return f"window-help:{digest(help_id)}"


def _device(interaction_id: str) -> str:
    return f"window-device:{digest(interaction_id)}"
