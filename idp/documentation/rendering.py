"""Markdown to HTML: raw HTML off, headings with anchors, code coloured by classes, links to pages.

CommonMark with tables (markdown-it-py); colours by Pygments, whose classes `documentation.css` knows, so
that the policy of the pages (no inline styles, no scripts) holds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
LINK = re.compile(r"(?P<before>\]\()(?P<target>(?![a-z]+:|#)[^)\s#]*)(?P<anchor>#[^)\s]*)?(?=\))")
ANCHOR = re.compile(r"\s*\{#([a-z0-9][a-z0-9-]*)\}$")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
BREAKS = {"softbreak", "hardbreak"}
HIGHEST, LOWEST = 2, 3
"""Levels of headings that a table of contents names."""
SHORT = 28
"""Characters of code that fit a line of a telephone."""
LinkTo = Callable[[str], str | None]
"""Where a target leads to; None: to nothing that readers have."""


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Part:
    """From one heading to the next, for the search."""

    heading: Heading
    text: str
    code: str = ""
    """Of its blocks."""


@dataclass(frozen=True, slots=True)
class Rendered:
    html: str
    contents: tuple[Heading, ...]


class Anchors:
    """As the sites that show Markdown make them; the second of a name gets `-1`."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, text: str) -> str:
        plain = NOT_IN_ANCHORS.sub("", text.lower()).replace(" ", "-") or "part"
        count = self._seen.get(plain, 0)
        self._seen[plain] = count + 1
        return f"{plain}-{count}" if count else plain


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of parts of a page, in its reader's language; the first three to who does not see them."""

    anchor: str
    table: str
    code: str
    copy: str
    copied: str


def render(markdown: str, link_to: LinkTo, said: Words) -> Rendered:
    tokens = _parser().parse(markdown)
    headings = _headings(tokens)
    html = "".join(_blocks(tokens, headings, link_to, said))
    contents = tuple(h for h in headings if HIGHEST <= h.level <= LOWEST)
    return Rendered(html, contents)


def title(markdown: str) -> str:
    """The first heading's text."""
    return next((heading.text for heading in _headings(_parser().parse(markdown))), "")


def parts(markdown: str) -> list[Part]:
    tokens = _parser().parse(markdown)
    headings = iter(_headings(tokens))
    found: list[Part] = []
    heading, texts, codes = None, [], []  # type: Heading | None, list[str], list[str]
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            if heading:
                found.append(Part(heading, " ".join(texts), " ".join(codes)))
            heading, texts, codes = next(headings), [], []
        elif token.type == "inline" and tokens[number - 1].type != "heading_open":
            texts.append(_text(token))
        elif token.type in {"fence", "code_block"}:
            codes.append(token.content)
    if heading:
        found.append(Part(heading, " ".join(texts), " ".join(codes)))
    return found


def links_changed(markdown: str, change: Callable[[str], str | None]) -> str:
    """With other targets; one that `change` makes None of stays."""

    def changed(found: re.Match[str]) -> str:
        target = change(found["target"])
        return found.group() if target is None else f"{found['before']}{target}{found['anchor'] or ''}"

    return LINK.sub(changed, markdown)


@cache
def _parser() -> "MarkdownIt":
    """Imported when the first page is made: the provider starts without it."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _headings(tokens: list["Token"]) -> list[Heading]:
    anchors = Anchors()
    found = []
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            named = _named(tokens[number + 1])
            text = _text(tokens[number + 1])
            found.append(Heading(int(token.tag[1:]), text, named or anchors.of(text)))
    return found


def _named(inline: "Token") -> str:
    """The anchor that a heading names at its end, `{#portal}`, and that is no part of it: others link to it,
    in whatever language the page is."""
    last = inline.children[-1] if inline.children else None
    found = ANCHOR.search(last.content) if last is not None and last.type == "text" else None
    if last is None or found is None:
        return ""
    last.content = last.content[: found.start()]
    return found[1]


def _text(inline: "Token") -> str:
    children = inline.children or []
    return "".join(_word(children, number) for number in range(len(children))).strip()


def _word(children: list["Token"], number: int) -> str:
    child = children[number]
    if child.type in {"text", "code_inline"}:
        return child.content
    return " " if child.type in BREAKS and not _is_in_chinese(children, number) else ""


def _blocks(tokens: list["Token"], headings: list[Heading], link_to: LinkTo, said: Words) -> list[str]:
    from markdown_it.renderer import RendererHTML

    parser, renderer = _parser(), RendererHTML()
    left = iter(headings)
    found: list[str] = []
    blocks = 0
    for number, token in enumerate(tokens):
        match token.type:
            case "heading_open":
                heading = next(left)
                token.attrSet("id", heading.anchor)
                found.append(renderer.renderToken(tokens, number, parser.options, {}))
            case "heading_close":
                anchor, words = escape(heading.anchor), escape(said.anchor)
                if heading.level >= HIGHEST:
                    label = f"{words} {escape(heading.text)}"
                    found.append(f' <a class="anchor" href="#{anchor}" aria-label="{label}">#</a>')
                found.append(f"</{token.tag}>\n")
            case "inline":
                found.append(_inline(token, link_to))
            case "fence" | "code_block":
                blocks += 1
                name = _file_named_before(tokens, number) or f"{said.code} {blocks}"
                found.append(_code(token, blocks, name, said))
            case "table_open":
                words = escape(said.table)
                found.append(f'<div class="table" role="group" tabindex="0" aria-label="{words}">\n<table>\n')
            case "table_close":
                found.append("</table>\n</div>\n")
            case "td_open" | "th_open" | "th_close":
                token.attrs.pop("style", None)  # the policy of the page takes none
                if _is_empty_heading(tokens, number):
                    token.tag = "td"
                found.append(renderer.renderToken(tokens, number, parser.options, {}))
            case _:
                found.append(renderer.render([token], parser.options, {}))
    return found


def _is_empty_heading(tokens: list["Token"], number: int) -> bool:
    """Of a table: a screen reader announces it as a heading without words."""
    at = {"th_open": number + 1, "th_close": number - 1}.get(tokens[number].type)
    return at is not None and not tokens[at].content


def _inline(token: "Token", link_to: LinkTo) -> str:
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

    children: list[Token] = []
    dropped: list[bool] = []
    for number, child in enumerate(token.children or ()):
        if child.type == "softbreak" and _is_in_chinese(token.children or [], number):
            continue
        if child.type == "link_open":
            target = _target(str(child.attrs.get("href", "")), link_to)
            dropped.append(target is None)
            if target is None:
                continue
            child.attrSet("href", target)
            if "://" in target:
                child.attrSet("rel", "noopener noreferrer")
        elif child.type == "link_close" and dropped.pop():
            continue
        elif child.type == "image":
            child = Token("text", "", 0, content=child.content)
        elif child.type == "code_inline":
            child = Token("html_inline", "", 0, content=_name(child.content))
        children.append(child)
    return RendererHTML().renderInline(children, _parser().options, {})


def _is_in_chinese(children: list["Token"], number: int) -> bool:
    """A line that ends between two Chinese characters: browsers would show a space there."""
    before = next((child.content for child in reversed(children[:number]) if child.content), "")
    after = next((child.content for child in children[number + 1 :] if child.content), "")
    return bool(CHINESE.match(before[-1:]) and CHINESE.match(after[:1]))


def _name(code: str) -> str:
    """Long ones break where their words do, not in the middle of one; short ones in narrow tables alone."""
    long = ' class="long"' if len(code) > SHORT else ""
    return f"<code{long}>{escape(code).replace('_', '_<wbr>').replace('/', '/<wbr>')}</code>"


def _target(href: str, link_to: LinkTo) -> str | None:
    if href.startswith(("#", "mailto:")) or "://" in href:
        return href
    path, hash_, anchor = href.partition("#")
    found = link_to(path)
    return None if found is None else f"{found}{hash_}{anchor}"


def _file_named_before(tokens: list["Token"], number: int) -> str:
    """A paragraph of nothing but the name, in bold, as snippets have it: that is what the block is called."""
    before = tokens[number - 2] if number >= 2 else None
    if before is None or before.type != "inline":
        return ""
    kinds = [child.type for child in before.children or () if child.type != "text" or child.content]
    return _text(before) if kinds == ["strong_open", "code_inline", "strong_close"] else ""


def _code(token: "Token", number: int, name: str, said: Words) -> str:
    """Lines that are long scroll: a keyboard has to get there. The button needs developer.js, and is hidden
    without it. No heading has a point in its anchor."""
    language = token.info.strip().partition(" ")[0]
    called, copy, copied = escape(name), escape(said.copy), escape(said.copied)
    return (
        f'<div class="code-block"><pre class="code" tabindex="0" role="group" aria-label="{called}">'
        f'<code id="code.{number}">{_coloured(token.content, language)}</code></pre>'
        f'<button type="button" class="secondary outline" id="copy.{number}" data-copy="code.{number}"'
        f' data-copied="{copied}"'
        f' aria-label="{copy} {called}" hidden>{copy}</button></div>\n'
    )


def _coloured(code: str, language: str) -> str:
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        return escape(code)
    if language == "php" and "<?php" not in code:
        lexer = get_lexer_by_name("php", startinline=True)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))
