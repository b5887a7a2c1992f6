"""A page says the same in both languages: what can be compared without reading is compared.

Headings by their levels, code block by block, tables row by row; of guides of the repository, whose Chinese
lies apart from them in `docs/site/zh-CN/depth`, also every anchor, every name that stands as code and every
number. So who changes a bound, or adds a parameter, a step or a section to one of them, hears that the other
one does not have it.
"""

import re

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from idp.documentation.editions import Edition, Page
from idp.documentation.opening import DOCS, current_edition
from idp.documentation.rendering import parts
from idp.oidc.endpoints import discovery
from idp.settings import load

COMMENT = re.compile(r"(^|\s)(#|//|<!--)\s.*$", re.MULTILINE)
"""What code says to people, which each language says in its own words."""
NUMBER = re.compile(r"\d[\d,.]*\d")
"""Of two figures or more: smaller ones are often words."""
DRAWN = "─"
"""In a drawing: its words are those of the page."""
ASKED_FOR = " --language zh-CN"
"""What our commands are told for words of the page's language."""
IN_CHINESE = DOCS / "site" / "zh-CN" / "depth"
GUIDES = sorted(f"depth/{file.stem}" for file in IN_CHINESE.glob("*.md"))


@pytest.fixture(scope="module")
def edition() -> Edition:
    return current_edition("https://id.example", discovery.document("https://id.example", load({}).protocol))


def _tokens(page: Page) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.markdown)


def _levels(page: Page) -> list[str]:
    return [token.tag for token in _tokens(page) if token.type == "heading_open"]


def _code(page: Page) -> list[tuple[str, list[list[str]]]]:
    """Language and lines of each block, without comments and blanks."""
    return [
        (token.info, [] if DRAWN in token.content else _lines(token.content))
        for token in _tokens(page)
        if token.type in {"fence", "code_block"}
    ]


def _lines(code: str) -> list[list[str]]:
    said = COMMENT.sub("", code.replace(ASKED_FOR, ""))
    return [line.split() for line in said.splitlines() if line.split()]


def _rows(page: Page) -> list[int]:
    """Of each table."""
    counts: list[int] = []
    for token in _tokens(page):
        if token.type == "table_open":
            counts.append(0)
        elif token.type == "tr_open":
            counts[-1] += 1
    return counts


def _names(page: Page) -> set[str]:
    return {
        child.content
        for token in _tokens(page)
        for child in token.children or ()
        if child.type == "code_inline"
    }


def _numbers(page: Page) -> set[str]:
    return {
        number
        for token in _tokens(page)
        for child in token.children or ()
        if child.type == "text"
        for number in NUMBER.findall(child.content)
    }


def _anchors(page: Page) -> list[str]:
    return [part.heading.anchor for part in parts(page.markdown) if part.heading.level > 1]


def _both(edition: Edition, path: str) -> tuple[Page, Page]:
    return edition.pages["en"][path], edition.pages["zh-CN"][path]


def test_every_page_is_there_in_both_languages(edition: Edition) -> None:
    assert set(edition.pages["en"]) == set(edition.pages["zh-CN"]) == set(edition.paths)


def test_every_page_has_the_same_headings_code_and_tables(edition: Edition) -> None:
    different = []
    for path in edition.paths:
        ours, theirs = _both(edition, path)
        for what in (_levels, _code, _rows):
            if what(ours) != what(theirs):
                different.append((path, what.__name__, what(ours), what(theirs)))
    assert different == []


@pytest.mark.parametrize("path", GUIDES)
def test_a_guide_has_the_same_anchors_names_and_numbers(edition: Edition, path: str) -> None:
    ours, theirs = _both(edition, path)
    assert _anchors(ours) == _anchors(theirs)
    assert _names(ours) == _names(theirs)
    assert _numbers(ours) == _numbers(theirs)
