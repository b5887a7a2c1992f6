"""Taking the log out: a format is a function of events to text, a line at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from idp.audit.export.cef import cef
from idp.audit.export.csv import csv
from idp.audit.export.jsonl import jsonl
from idp.audit.export.ocsf import ocsf
from idp.audit.recorded import Recorded

FORMATS: Mapping[str, Callable[[Iterable[Recorded]], Iterator[str]]] = {
    "jsonl": jsonl,
    "csv": csv,
    "cef": cef,
    "ocsf": ocsf,
}
"""Each gives lines with their ends; what comes before the first event, a header, is a line of its own."""

__all__ = ["FORMATS"]
