"""What there is to read, and in which order: `docs/site/navigation.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANGUAGES = ("zh-CN", "en")
"""That pages are written in. Who reads Traditional Chinese gets its navigation, and pages in Simplified."""
FALLS_BACK = {"zh-Hant": "zh-CN", "zh-CN": "en"}
PATH = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")
INDEX = "index"


class NavigationWrong(Exception):
    """A page that is named twice, misnamed, or not there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its path below the language, and the file in each language that it is written in."""

    path: str
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Section:
    names: Mapping[str, str]
    """By language, Traditional Chinese among them."""
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Navigation:
    sections: tuple[Section, ...]
    places: Mapping[str, Place]
    titles: Mapping[str, str]
    """Of pages in Traditional Chinese, which are not written in it."""


def read(docs: Path) -> Navigation:
    """Of the repository's folder `docs`. Raises NavigationWrong."""
    found = tomllib.loads((docs / "site" / "navigation.toml").read_text("utf-8"))
    places: dict[str, Place] = {}
    sections = []
    for section in found["section"]:
        paths = []
        for place in _places(docs, section["pages"]):
            if place.path in places:
                raise NavigationWrong(f"{place.path}: named twice")
            places[place.path] = place
            paths.append(place.path)
        sections.append(Section({tag: section[tag] for tag in (*LANGUAGES, "zh-Hant")}, tuple(paths)))
    titles: dict[str, str] = found["titles"]
    if unknown := set(titles) - set(places):
        raise NavigationWrong(f"titles of no pages: {sorted(unknown)}")
    return Navigation(tuple(sections), places, titles)


def _places(docs: Path, pages: list[Any]) -> Iterator[Place]:
    for page in pages:
        if isinstance(page, str):
            path, files = page, {tag: docs / "site" / tag / f"{page}.md" for tag in LANGUAGES}
        else:
            path = page["path"]
            files = {tag: docs.parent / page[tag] for tag in LANGUAGES if tag in page}
        if not PATH.fullmatch(path):
            raise NavigationWrong(f"{path}: not a path of a page")
        if "en" not in files:
            raise NavigationWrong(f"{path}: every page is there in English")
        missing = [str(file) for file in files.values() if not file.is_file()]
        if missing:
            raise NavigationWrong(f"{path}: {missing} not there")
        yield Place(path, files)
