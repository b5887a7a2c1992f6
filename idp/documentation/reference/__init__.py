"""Tables of the reference, made of what runs: `::: reference NAME` in a page.

What each thing is for stands in `docs/site/reference/NAME.toml`, in both languages; a thing that runs and is
not explained there stops the page (and a contract test).
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from idp.documentation.expanding import DirectiveWrong
from idp.documentation.reference import claims, discovery, endpoints, errors, events, exceptions, fields
from idp.documentation.reference.explained import Explained, Facts, read

TABLES: Mapping[str, Callable[[Facts, Explained], str]] = {
    "claims": claims.claims,
    "scopes": claims.scopes,
    "levels": claims.levels,
    "discovery": discovery.table,
    "endpoints": endpoints.document,
    "errors": errors.table,
    "events": events.document,
    "exceptions": exceptions.table,
    "fields": fields.table,
}


def reference(docs: Path, facts: Facts) -> Callable[[str, str], str]:
    """A table by its name and the reader's language. Raises DirectiveWrong, NotExplained."""

    def made(what: str, language: str) -> str:
        if what not in TABLES:
            raise DirectiveWrong(f"::: reference {what}")
        return TABLES[what](facts, read(docs / "site" / "reference" / f"{what}.toml", language))

    return made
