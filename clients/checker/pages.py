"""The forms of a page, as far as a scripted browser needs them."""

from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

FORMS_AT_MOST = 50
FIELDS_AT_MOST = 200
LINKS_AT_MOST = 200


@dataclass
class Form:
    id: str
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    """What would be sent if nobody filled in anything."""
    buttons: dict[str, list[str]] = field(default_factory=dict)
    """Name -> values: pressing one sends it."""


def forms(page: str) -> list[Form]:
    """As far as the page can be read."""
    return _read(page).found


def link(page: str, element: str) -> str:
    """Where the link with that id leads. Nothing: there is none."""
    return _read(page).links.get(element, "")


def _read(page: str) -> "_Reader":
    reader = _Reader()
    # The library asserts that it knows the markup.
    with suppress(AssertionError):
        reader.feed(page)
        reader.close()
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.links: dict[str, str] = {}
        """By id."""
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("id") and len(self.links) < LINKS_AT_MOST:
            self.links[said["id"]] = said.get("href", "")
        if tag == "form" and len(self.found) < FORMS_AT_MOST:
            method = said.get("method", "get").upper()
            self._open = Form(said.get("id", ""), said.get("action", ""), method)
            self.found.append(self._open)
        form = self._form_of(said)
        if form is None or len(form.fields) > FIELDS_AT_MOST:
            return
        name, value = said.get("name", ""), said.get("value", "")
        kind = said.get("type", "text" if tag == "input" else "submit").lower()
        if tag == "button" or (tag == "input" and kind == "submit"):
            if name and kind == "submit":
                form.buttons.setdefault(name, []).append(value)
        elif tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in said):
            form.fields[name] = value or ("on" if kind == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _form_of(self, said: dict[str, str]) -> Form | None:
        if said.get("form"):
            return next((form for form in self.found if form.id == said["form"]), None)
        return self._open
