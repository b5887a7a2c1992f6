"""A form as a browser sends it: inputs, choices, ticks and text areas, with some of it changed."""

from html.parser import HTMLParser

from tests.idp.login.visitor import Visitor

Values = dict[str, list[str]]


class FormReader(HTMLParser):
    """The form with this id."""

    def __init__(self, body: str, form: str) -> None:
        super().__init__(convert_charrefs=True)
        self.values: Values = {}
        self.action = ""
        self._wanted, self._inside = form, False
        self._select: str | None = None
        self._area: str | None = None
        self._text = ""
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("id") == self._wanted
            self.action = found["action"] if self._inside else self.action
        if not self._inside:
            return
        name = found.get("name", "")
        if tag == "input" and name and (found.get("type") != "checkbox" or "checked" in found):
            self.values.setdefault(name, []).append(found.get("value", "on"))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None:
            if "selected" in found or self._select not in self.values:
                self.values[self._select] = [found.get("value", "")]
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self.values[self._area] = [self._text]
            self._area = None


def send(visitor: Visitor, form: str, **changes: str | list[str]) -> Visitor:
    """`changes`: an empty list unticks."""
    found = FormReader(visitor.body, form)
    given = {name: [value] if isinstance(value, str) else value for name, value in changes.items()}
    target = found.action or visitor.url
    answer = visitor.client.post(target, data={**found.values, **given}, **visitor._environment())
    return visitor._follow(answer, posted_to=target)
