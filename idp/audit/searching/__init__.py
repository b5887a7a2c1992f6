"""Looking for events: what is asked for, and the answer a page at a time, the latest first."""

from idp.audit.searching.cursors import Cursor, read_cursor, written
from idp.audit.searching.pages import Page, find, search
from idp.audit.searching.results import Result, result_of
from idp.audit.searching.sought import Sought
from idp.audit.spans import Span

__all__ = [
    "Cursor",
    "Page",
    "Result",
    "Sought",
    "Span",
    "find",
    "read_cursor",
    "result_of",
    "search",
    "written",
]
