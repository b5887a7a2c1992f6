"""Which messages the code and the templates hold, and what the catalogues lack."""

import re
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from idp.business.sandbox import population as organisations
from idp.locales.catalogues import BABEL_LOCALES, TRANSLATED, po_file
from idp.people.sandbox.roll import ROLL

ROOM = Path(__file__).resolve().parent.parent
METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_noop": None, "gettext_in": (2,)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
# One date for all: a catalogue changes when its messages do.
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)


def extract(root: Path = ROOM) -> Catalog:
    """What calls of `_` and its kin hold, and what the sandbox says of its people and organisations."""
    found = Catalog(project="Yitong", creation_date=WRITTEN)
    for file, _, message, _, context in extract_from_dir(root, METHODS, OPTIONS, KEYWORDS):
        found.add(message, locations=[(file, 0)], context=context)
    for entry in ROLL:
        if entry.highlight is not None:
            found.add(entry.highlight, locations=[("people/sandbox/roll.py", 0)])
    for organisation in organisations.ROLL:
        found.add(organisation.good_for, locations=[("business/sandbox/population.py", 0)])
    return found


def update(tag: str, template: Catalog) -> None:
    """Writes the catalogue: new messages empty, vanished ones gone, nothing guessed."""
    catalogue = _read(tag)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.header_comment = f"# Yitong, {tag}"
    catalogue.creation_date = catalogue.revision_date = WRITTEN
    catalogue.fuzzy = False
    catalogue.version = catalogue.msgid_bugs_address = catalogue.last_translator = ""
    with po_file(tag).open("wb") as target:
        write_po(target, catalogue, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)


def problems(tag: str, template: Catalog) -> list[str]:
    """One line for each message that the catalogue lacks, or whose placeholders differ."""
    catalogue = _read(tag)
    lines = []
    for message in template:
        if not message.id:
            continue
        known = catalogue.get(message.id)
        key = message.id if isinstance(message.id, str) else message.id[0]
        texts = _texts(known.string) if known else ()
        if known is None or not all(texts):
            lines.append(f"{tag}: not translated: {key!r}")
        elif known.fuzzy:
            lines.append(f"{tag}: fuzzy: {key!r}")
        elif any(_placeholders(text) != _placeholders(_texts(message.id)[-1]) for text in texts):
            lines.append(f"{tag}: placeholders differ: {key!r}")
    return lines


def all_problems() -> list[str]:
    template = extract()
    return [line for tag in TRANSLATED for line in problems(tag, template)]


def _read(tag: str) -> Catalog:
    file = po_file(tag)
    if not file.exists():
        return Catalog(locale=BABEL_LOCALES[tag], project="Yitong")
    with file.open("rb") as source:
        return read_po(source, locale=BABEL_LOCALES[tag])


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())  # type: ignore[arg-type]


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))
