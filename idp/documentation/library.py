"""All editions, and what was made of them: pages and indexes, each once in a process, when first asked for.

They are few: an edition has as many pages as it has, whatever is asked for.
"""

from collections.abc import Callable, Hashable
from threading import RLock
from typing import TypeVar, cast

from idp.documentation import searching
from idp.documentation.editions import Edition
from idp.documentation.navigation import FALLS_BACK, LANGUAGES
from idp.documentation.rendering import parts
from idp.documentation.searching import Index, Page

Made = TypeVar("Made")


class Library:
    """`current`, `older`: read when they are first needed."""

    def __init__(self, current: Callable[[], Edition], older: Callable[[], list[Edition]]) -> None:
        self._read_current = current
        self._read_older = older
        self._made: dict[Hashable, object] = {}
        self._lock = RLock()

    @property
    def current(self) -> Edition:
        return self.once(("current",), self._read_current)

    @property
    def older(self) -> list[Edition]:
        """The newest first."""
        return self.once(
            ("older",), lambda: [e for e in self._read_older() if e.version != self.current.version]
        )

    def edition(self, version: str | None) -> Edition | None:
        """None as version: the current one."""
        if version is None or version == self.current.version:
            return self.current
        return next((edition for edition in self.older if edition.version == version), None)

    def index(self, edition: Edition, language: str) -> Index:
        """Of every page once, in the reader's language where it is there in it."""

        def made() -> Index:
            found = ((path, edition.page(language, path)) for path in edition.paths)
            pages = (Page(path, at[0].title, parts(at[0].markdown), at[1]) for path, at in found if at)
            written = language if language in LANGUAGES else FALLS_BACK[language]
            return searching.index(written, pages)

        return self.once(("index", edition.version, language), made)

    def once(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gave when `name` was first asked for."""
        if name not in self._made:
            with self._lock:
                if name not in self._made:
                    self._made[name] = make()
        return cast(Made, self._made[name])
