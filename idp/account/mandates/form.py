"""Reading from a form whom somebody means, in what they may act, and until when."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from werkzeug.datastructures import MultiDict

from idp.extensions import services
from idp.locales import gettext as _
from idp.login import number_words
from idp.login.services import login_services
from idp.mandates.days import Days, end_of
from idp.mandates.invitations import Invitee
from idp.people import names
from idp.people.documents import IdentityDocument
from idp.people.resident_number import InvalidNumber, Reason

ALL: Final = "all"
LONGEST_TEXT: Final = 200


@dataclass
class MandateForm:
    """What was typed, and what is wrong with it, field by field."""

    form: MultiDict[str, str]
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

    def until(self, days: Days) -> datetime | None:
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
            return login_services().desk.read_number(self.form.get("number", ""), services().clock())
        except InvalidNumber as error:
            is_empty = error.reason is Reason.EMPTY
            self.errors["number"] = _("Enter their ID number.") if is_empty else number_words.of(error.reason)
            return None

    def _name(self) -> str | None:
        try:
            return names.normalise(self.form.get("name", ""))
        except names.InvalidName:
            self.errors["name"] = _("Enter their name as on the card.")
            return None
