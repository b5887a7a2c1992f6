"""ArcSight's Common Event Format: `CEF:0|vendor|product|version|class|name|severity|extension`.

*Implementing ArcSight Common Event Format*, version 25 (2017): a pipe and a backslash are escaped in the
header, an equals sign, a backslash and ends of lines in the extension. Fields without a key of the dictionary
have one of our own, which begins with the vendor's name and holds letters and digits alone.
"""

import re
from collections.abc import Iterable, Iterator

from idp.audit.export.classes import Severity, detail_of, meaning_of
from idp.audit.export.jsonl import compact
from idp.audit.export.product import PRODUCT, RELEASE, VENDOR
from idp.audit.recorded import Recorded

SEVERITIES = {Severity.INFORMATIONAL: 1, Severity.LOW: 3, Severity.MEDIUM: 5, Severity.HIGH: 8}
"""0 to 3 is low, 4 to 6 medium, 7 and 8 high, 9 and 10 very high."""
LABELLED = {
    "cs1": ("client", "client_id"),
    "cs2": ("device", "device"),
    "cs3": ("request", "request_id"),
    "cs4": ("interaction", "interaction_id"),
}
"""Custom strings: their labels, and what they hold."""
NOT_A_KEY = re.compile(r"[^A-Za-z0-9]")
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
"""Readers end lines, and records, at any of these; no event of ours holds one."""


def cef(events: Iterable[Recorded]) -> Iterator[str]:
    for event in events:
        meaning = meaning_of(event.name)
        name = event.name.replace("_", " ").capitalize()
        header = ("CEF:0", VENDOR, PRODUCT, RELEASE, event.name, name, str(SEVERITIES[meaning.severity]))
        extension = " ".join(f"{key}={in_extension(value)}" for key, value in _extension(event))
        yield f"{'|'.join(in_header(part) for part in header)}|{extension}\n"


def in_header(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("|", "\\|")
    return CONTROL.sub(" ", escaped)


def in_extension(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("=", "\\=").replace("\r", "\\r").replace("\n", "\\n")
    return CONTROL.sub(" ", escaped)


def _extension(event: Recorded) -> Iterator[tuple[str, str]]:
    meaning = meaning_of(event.name)
    yield "rt", str(round(event.at.timestamp() * 1000))
    yield "externalId", event.id
    yield "cat", meaning.class_.caption
    yield "outcome", meaning.outcome.value
    if (detail := detail_of(event.fields)) is not None:
        yield "reason", detail
    # Who acts is the source; whom it is done to, the destination.
    if (source := event.actor or event.person_id) is not None:
        yield "suid", source
    if event.actor is not None and event.person_id is not None:
        yield "duid", event.person_id
    if event.address is not None:
        # `src` holds IPv4 alone.
        if ":" in event.address:
            yield "c6a2", event.address
            yield "c6a2Label", "Source IPv6 Address"
        else:
            yield "src", event.address
    for key, (label, column) in LABELLED.items():
        if (value := getattr(event, column)) is not None:
            yield key, value
            yield f"{key}Label", label
    for field, value in sorted(event.fields.items()):
        yield f"{VENDOR}{_camel(field)}", compact(value)


def _camel(field: str) -> str:
    return "".join(NOT_A_KEY.sub("", word).capitalize() for word in field.split("_"))
