"""Reads a page as far as a test needs it: elements by id, forms with their fields, the text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str | None
    fields: dict[str, str] = field(default_factory=dict)


class PageReader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: dict[str, dict[str, str]] = {}
        self.texts: dict[str, str] = {}
        self.forms: dict[str, Form] = {}
        self.text = ""
        self._form: Form | None = None
        self._open: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        identifier = found.get("id")
        if identifier is not None:
            self.elements[identifier] = found
            self.texts[identifier] = ""
        if tag == "form":
            self._form = Form(found.get("action"))
            self.forms[identifier or found.get("action", "")] = self._form
        elif (
            tag == "input" and self._form is not None and "name" in found and found.get("type") != "checkbox"
        ):
            self._form.fields[found["name"]] = found.get("value", "")
        if tag not in {"input", "img", "link", "meta", "br", "hr", "path"}:
            self._open.append((tag, identifier))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        while self._open:
            name, _ = self._open.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        self.text += data
        for _, identifier in self._open:
            if identifier is not None:
                self.texts[identifier] += data
