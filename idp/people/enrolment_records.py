"""Enrolments in progress: sealed, short-lived, changed by compare-and-set.

Any process may take the next step. Of two submissions of one page, one finds that the record has moved on.
"""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from idp.crypto.digests import same
from idp.crypto.fields import FieldCipher
from idp.people.enrolment import BindingProved, Enrolment, Purpose, Refusal, Way
from idp.storage.ephemeral import EphemeralStore


class EnrolmentGone(Exception):
    """Unknown, expired, or of another browser; those are told the same. The person starts again."""


class EnrolmentChanged(Exception):
    """Another tab or a second click was faster: load it again and go on from there."""


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """An enrolment and the bytes it was read from, which must still be there when it is changed."""

    enrolment: Enrolment
    sealed: bytes


class EnrolmentRecords:
    def __init__(self, store: EphemeralStore, cipher: FieldCipher) -> None:
        self._store = store
        self._cipher = cipher

    def add(self, enrolment: Enrolment) -> Held:
        sealed = self._seal(enrolment)
        seconds = _seconds_left(enrolment, enrolment.started_at)
        self._store.put(_key(enrolment.id), sealed, seconds=seconds)
        return Held(enrolment, sealed)

    def find(self, enrolment_id: str, browser: str, now: datetime) -> Held:
        """Raises EnrolmentGone."""
        sealed = self._store.get(_key(enrolment_id))
        if sealed is None:
            raise EnrolmentGone
        enrolment = _read(json.loads(self._cipher.open(sealed, context=_key(enrolment_id))))
        if enrolment.is_expired(now) or not same(enrolment.browser, browser):
            raise EnrolmentGone
        return Held(enrolment, sealed)

    def change(self, held: Held, enrolment: Enrolment, now: datetime) -> Held:
        """Raises EnrolmentChanged, EnrolmentGone."""
        if enrolment.is_expired(now):
            raise EnrolmentGone
        sealed = self._seal(enrolment)
        seconds = _seconds_left(enrolment, now)
        if not self._store.replace(_key(enrolment.id), held.sealed, sealed, seconds=seconds):
            raise EnrolmentChanged
        return Held(enrolment, sealed)

    def _seal(self, enrolment: Enrolment) -> bytes:
        text = json.dumps(_written(enrolment), ensure_ascii=False, separators=(",", ":"))
        return self._cipher.seal(text, context=_key(enrolment.id))


def _key(enrolment_id: str) -> str:
    return f"enrolment:{enrolment_id}"


def _seconds_left(enrolment: Enrolment, now: datetime) -> int:
    return max(1, int((enrolment.expires_at - now).total_seconds()))


def _written(enrolment: Enrolment) -> dict[str, Any]:
    values = {field.name: _plain(getattr(enrolment, field.name)) for field in fields(enrolment)}
    return {name: value for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, BindingProved):
        return {"kind": value.kind, "at": value.at.isoformat(), "evidence": value.evidence}
    return value.isoformat() if isinstance(value, datetime) else value


def _read(values: dict[str, Any]) -> Enrolment:
    for name in ("started_at", "expires_at", "phone_confirmed_at"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    values["purpose"] = Purpose(values["purpose"])
    if "refusal" in values:
        values["refusal"] = Refusal(values["refusal"])
    if binding := values.get("binding"):
        at = datetime.fromisoformat(binding["at"])
        values["binding"] = BindingProved(Way(binding["kind"]), at, binding["evidence"])
    return Enrolment(interaction_id=values.pop("interaction_id", None), **values)
