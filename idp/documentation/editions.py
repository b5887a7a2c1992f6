"""One version of the documentation: its pages in their languages.

The current one is made of the repository's files. Older ones come as bundles, one JSON file each, that
`idp docs pack` wrote when they were current; what is in a bundle is Markdown, so it brings no script along.
"""

import json
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from idp.documentation import navigation
from idp.documentation.expanding import expand
from idp.documentation.navigation import FALLS_BACK, LANGUAGES, Section
from idp.documentation.rendering import links_changed, title

VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}")
BUNDLE_BYTES_AT_MOST = 16 * 1024 * 1024
BUNDLES_AT_MOST = 50
ISSUER = "{issuer}"
"""Stands for the provider's own in pages, not in snippets."""
CONSOLE = re.compile(r"\{console: ([^}\n]+)\}")
"""Words of the console, which then are called as it calls them, in each language."""


class BundleWrong(Exception):
    """Not what `idp docs pack` writes."""


@dataclass(frozen=True, slots=True)
class Page:
    path: str
    title: str
    markdown: str
    """Whole: what directives stand for is in it. Links to other pages are relative, to their Markdown."""


@dataclass(frozen=True, slots=True)
class Edition:
    version: str
    sections: tuple[Section, ...]
    pages: Mapping[str, Mapping[str, Page]]
    """By language, then path."""
    titles: Mapping[str, str]
    """By path, in Traditional Chinese; a page that has none is called as where it was written."""

    def page(self, language: str, path: str) -> tuple[Page, str] | None:
        """The page, and the language it is written in: the reader's, or the next one that it is there in."""
        tag: str | None = language
        while tag is not None:
            if (found := self.pages.get(tag, {}).get(path)) is not None:
                return found, tag
            tag = FALLS_BACK.get(tag)
        return None

    def title(self, language: str, path: str) -> str:
        """As the navigation calls a page."""
        if language == "zh-Hant" and path in self.titles:
            return self.titles[path]
        found = self.page(language, path)
        return found[0].title if found else path

    @property
    def paths(self) -> tuple[str, ...]:
        """In the order of reading."""
        return tuple(path for section in self.sections for path in section.paths)

    def to_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "titles": dict(self.titles),
            "sections": [{"names": dict(s.names), "paths": list(s.paths)} for s in self.sections],
            "pages": {
                tag: {page.path: page.markdown for page in pages.values()}
                for tag, pages in self.pages.items()
            },
        }


def of_repository(
    docs: Path,
    version: str,
    issuer: str,
    reference: Callable[[str, str], str],
    translated: Callable[[str, str], str],
) -> Edition:
    """`reference`: a table by its name and language. `translated`: words of the console, in a language.

    Raises what is wrong with the files.
    """
    found = navigation.read(docs)
    places = found.places
    pages: dict[str, dict[str, Page]] = {tag: {} for tag in LANGUAGES}
    for tag in LANGUAGES:
        table = partial(_swapped, reference, tag)
        by_file = {place.files.get(tag, place.files["en"]): place.path for place in places.values()}
        by_file |= {file: place.path for place in places.values() for file in place.files.values()}
        for place in places.values():
            if (file := place.files.get(tag)) is None:
                continue
            text = _told(file.read_text("utf-8"), issuer, partial(_swapped, translated, tag))
            linked = links_changed(text, _to_pages(file, place.path, by_file))
            whole = expand(
                linked,
                snippets=docs / "site" / "snippets",
                reference=table,
            )
            pages[tag][place.path] = Page(place.path, title(whole), whole)
    return Edition(version, found.sections, pages, found.titles)


def _told(text: str, issuer: str, translated: Callable[[str], str]) -> str:
    return CONSOLE.sub(lambda found: translated(found[1]), text.replace(ISSUER, issuer))


def _swapped(made: Callable[[str, str], str], language: str, what: str) -> str:
    return made(what, language)


def _to_pages(file: Path, path: str, by_file: Mapping[Path, str]) -> Callable[[str], str | None]:
    """Targets as files -> as pages, seen from this one; None: no page, and the target stays."""

    def change(target: str) -> str | None:
        found = by_file.get(Path(posixpath.normpath(file.parent / target)))
        return None if found is None else f"{posixpath.relpath(found, posixpath.dirname(path) or '.')}.md"

    return change


def of_bundle(file: Path) -> Edition:
    """Raises BundleWrong."""
    if file.stat().st_size > BUNDLE_BYTES_AT_MOST:
        raise BundleWrong(f"{file}: larger than {BUNDLE_BYTES_AT_MOST} bytes")
    try:
        found = json.loads(file.read_text("utf-8"))
        version = found["version"]
        sections = tuple(Section(dict(s["names"]), tuple(s["paths"])) for s in found["sections"])
        pages = {
            str(tag): {path: Page(path, title(text), text) for path, text in texts.items()}
            for tag, texts in found["pages"].items()
        }
        titles = {str(path): str(words) for path, words in found["titles"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BundleWrong(f"{file}: {type(problem).__name__}: {problem}") from None
    edition = Edition(version, sections, pages, titles)
    if not VERSION.fullmatch(str(version)) or set(pages) - set(LANGUAGES):
        raise BundleWrong(f"{file}: no version or language of ours")
    if not set(edition.paths) <= set(pages.get("en", {})) or not all(
        map(navigation.PATH.fullmatch, edition.paths)
    ):
        raise BundleWrong(f"{file}: pages that are named and not there, or misnamed")
    if any(tag not in section.names for section in sections for tag in (*LANGUAGES, "zh-Hant")):
        raise BundleWrong(f"{file}: a section without a name")
    return edition


def bundles(folder: Path | None) -> list[Edition]:
    """All of a folder, the newest first. Raises BundleWrong."""
    if folder is None:
        return []
    files = sorted(folder.glob("*.json")) if folder.is_dir() else None
    if files is None or len(files) > BUNDLES_AT_MOST:
        raise BundleWrong(f"{folder}: not a folder with {BUNDLES_AT_MOST} bundles at most")
    found = [of_bundle(file) for file in files]
    return sorted(found, key=lambda edition: [int(part) for part in edition.version.split(".")], reverse=True)
