"""What a clerk types from a card, and that they have it and its holder before them."""

from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from idp.extensions import services
from idp.locales import gettext as _
from idp.login import number_words
from idp.login.services import login_services
from idp.people import names
from idp.people.resident_number import InvalidNumber
from idp.window.helping import Checked


@dataclass(slots=True, repr=False)
class CardForm:
    """Each part is read by its method, which notes what is wrong with it."""

    form: MultiDict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        return {name: self.form.get(name, "") for name in ("number", "name", "checked")}

    def number(self) -> str:
        """As `documents.identify` gives it."""
        try:
            document = login_services().desk.read_number(self.form.get("number", ""), services().clock())
        except InvalidNumber as error:
            self.errors["number"] = number_words.of(error.reason)
            return ""
        return document.number.value

    def name(self) -> str:
        """As `names.normalise` gives it."""
        try:
            return names.normalise(self.form.get("name", ""))
        except names.InvalidName:
            self.errors["name"] = _("Enter the name as it stands on the document.")
            return ""

    def checked(self) -> Checked | None:
        if self.form.get("checked") in set(Checked):
            return Checked(self.form["checked"])
        self.errors["checked"] = _("Say what you have checked.")
        return None

    def seen(self) -> bool:
        is_seen = self.form.get("seen") == "1"
        if not is_seen:
            self.errors["seen"] = _("Go on only with the card in your hand and its holder in front of you.")
        return is_seen
