"""Reading from a form whom somebody means, in what they may act, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from werkzeug.datastructures import MultiDict

from idp.locales import gettext as _
from idp.login import number_words
from idp.mandates.invitations import Invitee
from idp.people import directory, documents, names
from idp.people.documents import IdentityDocument
from idp.people.resident_number import InvalidNumber, Reason

ALL: Final = "all"
LONGEST_TEXT: Final = 200
USUAL_DAYS: Final = 365


@dataclass
class Reading:
    """What was typed, and what is wrong with it, field by field."""

    form: MultiDict[str, str]
    now: datetime
    sandbox: bool
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, object]:
        typed: dict[str, object] = {
            name: self.form.get(name, "")[:LONGEST_TEXT] for name in ("name", "number", "scope", "until")
        }
        return typed | {"matters": self.form.getlist("matter")}

    def person(self) -> Invitee | None:
        """By number and name; nobody is looked up."""
        document, name = self._document(), self._name()
        return None if document is None or name is None else Invitee(document, name)

    def matters(self) -> tuple[str, ...]:
        """None chosen is an error, unless it was said that all business is meant."""
        if self.form.get("scope") == ALL:
            return ()
        chosen = tuple(self.form.getlist("matter"))
        if not chosen:
            self.errors["matters"] = _("Tick what they may do, or choose all business.")
        return chosen

    def until(self, days: "Days") -> datetime | None:
        """The end of the day that was chosen, in China."""
        try:
            chosen = date.fromisoformat(self.form.get("until", ""))
        except ValueError:
            chosen = date.min
        if not days.first <= chosen <= days.last:
            self.errors["until"] = _("Choose a day between the first and the last that are possible.")
            return None
        return end_of(chosen)

    def _document(self) -> IdentityDocument | None:
        try:
            document = documents.identify(self.form.get("number", ""), directory.day_in_china(self.now))
        except InvalidNumber as error:
            is_empty = error.reason is Reason.EMPTY
            self.errors["number"] = _("Enter their ID number.") if is_empty else number_words.of(error.reason)
            return None
        if document.number.is_sandbox and not self.sandbox:
            self.errors["number"] = number_words.of(Reason.CHECK_CHARACTER)
            return None
        return document

    def _name(self) -> str | None:
        try:
            return names.normalise(self.form.get("name", ""))
        except names.InvalidName:
            self.errors["name"] = _("Enter their name as on the card.")
            return None


@dataclass(frozen=True, slots=True)
class Days:
    """The days until which a mandate may be given: whole ones, as people count them."""

    first: date
    last: date

    @classmethod
    def from_now(cls, now: datetime, longest_days: int, ends: datetime | None = None) -> "Days":
        """`ends`: of what it would rest on."""
        latest = now + timedelta(days=longest_days)
        if ends is not None:
            latest = min(latest, ends)
        # The last day whose end is not after the latest moment.
        return cls(directory.day_in_china(now), directory.day_in_china(latest) - timedelta(days=1))

    @property
    def usual(self) -> date:
        return min(self.first + timedelta(days=USUAL_DAYS), self.last)

    def fields(self) -> Mapping[str, str]:
        """For the date's field."""
        return {"until_min": str(self.first), "until_max": str(self.last), "until_value": str(self.usual)}


def end_of(day: date) -> datetime:
    """The moment at which it is over, in China."""
    return datetime.combine(day + timedelta(days=1), time(), directory.CHINA)


def last_day(ends: datetime) -> date:
    """The day that somebody chose, of the moment at which it is over."""
    return directory.day_in_china(ends - timedelta(microseconds=1))
