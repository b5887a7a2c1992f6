"""Markdown on the page: what it can hold, and what it cannot."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.documentation.rendering import Heading, Words, links_changed, parts, render, title

SAID = Words(anchor="Link to", table="Table", code="Code", copy="Copy", copied="Copied")


def shown(markdown: str) -> str:
    return render(markdown, {"known.md": "/docs/en/known"}.get, SAID).html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "text <b onclick=alert(1)>bold</b>",
        "[a](javascript:alert(1))",
        "[a](data:text/html,<script>alert(1)</script>)",
        "![a](javascript:alert(1))",
        '```"><script>alert(1)</script>\nx\n```',
        "```python\n</code></pre><script>alert(1)</script>\n```",
        "# <script>alert(1)</script>",
    ],
)
def test_a_script_stays_words(hostile: str) -> None:
    html = shown(hostile)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<b " not in html


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_brings_an_element_along_that_a_page_must_not_have(markdown: str) -> None:
    html = shown(markdown).lower()
    assert not any(f"<{tag}" in html for tag in ("script", "style", "iframe", "img", "form", "input", "link"))
    assert " style=" not in html.replace("&quot;", "") or " style=" in markdown.lower()


def test_headings_have_anchors_and_make_the_contents() -> None:
    found = render(
        "# One\n## Two `code`\n## Two `code`\n### 三、四\n#### Deep",
        lambda _target: None,
        SAID,
    )
    assert found.contents == (
        Heading(2, "Two code", "two-code"),
        Heading(2, "Two code", "two-code-1"),
        Heading(3, "三、四", "三四"),
    )
    assert '<h2 id="two-code">' in found.html
    assert 'aria-label="Link to Two code"' in found.html


def test_links_lead_to_pages_or_are_words() -> None:
    assert '<a href="/docs/en/known#part">a</a>' in shown("[a](known.md#part)")
    assert "<a" not in shown("[a](unknown.md)")
    assert '<a href="#part">' in shown("[a](#part)")
    assert 'rel="noopener noreferrer"' in shown("[a](https://example.com/)")


def test_code_is_coloured_by_classes_and_a_table_can_be_scrolled_by_keyboard() -> None:
    html = shown("```python\ndef f():\n    return 'x'\n```\n\n| a |\n|:-:|\n| b |")
    assert '<span class="k">def</span>' in html
    assert "style=" not in html
    assert '<div class="table" role="group" tabindex="0"' in html
    assert shown("```none-such\n<x>\n```").count("&lt;x&gt;") == 1


def test_each_block_of_code_has_a_name_and_a_button_that_copies_it_all() -> None:
    html = shown("**`a.py`**\n\n```python\nx = '<'\n```\n\nText **`b`** more.\n\n```\ny\n```\n## Code.1")
    named = re.findall(r'<pre class="code" tabindex="0" role="group" aria-label="([^"]+)"', html)
    assert named == ["a.py", "Code 2"]
    buttons = re.findall(
        r'<button type="button"[^>]* data-copy="([^"]+)"[^>]* aria-label="([^"]+)" hidden>', html
    )
    assert buttons == [("code.1", "Copy a.py"), ("code.2", "Copy Code 2")]
    ids = re.findall(r' id="([^"]+)"', html)
    assert ids == ["code.1", "copy.1", "code.2", "copy.2", "code1"], "no heading takes the place of a block"


@settings(deadline=None)
@given(st.text("`*<>\"'& \n#a.", max_size=80))
def test_no_name_of_a_block_gets_out_of_its_attribute(markdown: str) -> None:
    html = shown(markdown)
    assert html.count("<pre ") == html.count(" data-copy=") == html.count("</pre><button ")


def test_lines_in_chinese_are_one_for_the_search() -> None:
    (part,) = parts("# 一\n一个下午\n就能**接好**，\n`code` and\nmore")
    assert part.text == "一个下午就能接好， code and more"


def test_parts_are_what_stands_below_each_heading() -> None:
    found = parts("# Title\nlead\n\n## One\nwords `code`\n\n```\nblock\n```\n## Two")
    assert [(part.heading.text, part.text.split(), part.code) for part in found] == [
        ("Title", ["lead"], ""),
        ("One", ["words", "code"], "block\n"),
        ("Two", [], ""),
    ]
    assert title("text\n\n# The `title`\n") == "The title"


def test_targets_are_changed_and_what_is_unknown_stays() -> None:
    text = "[a](one.md#x) [b](two.md) [c](https://x/) [d](#e)"
    assert links_changed(text, {"one.md": "../one.md"}.get) == text.replace("one.md", "../one.md")


def test_a_heading_may_name_its_anchor() -> None:
    html = shown("## 门户 {#portal}\n## a {#B}")
    assert '<h2 id="portal">门户 <a class="anchor" href="#portal"' in html
    assert "{#portal}" not in html
    assert "{#B}" in html


def test_a_line_that_ends_in_chinese_leaves_no_space() -> None:
    assert shown("一个下午\n就能接好，\n`code` 之后\nword").replace("\n", "|").strip("|") == (
        "<p>|一个下午就能接好，|<code>code</code> 之后|word</p>"
    )


def test_a_heading_of_a_table_without_words_is_none() -> None:
    html = shown("| | a |\n|---|---|\n| b | c |")
    assert html.count("<th>") == 1
    assert html.count("<td>") == 3


def test_long_names_break_between_their_words() -> None:
    assert "<code>a_<wbr>b&lt;</code>" in shown("`a_b<`")


def test_a_name_that_no_telephone_shows_in_one_line_says_so() -> None:
    assert f'<code class="long">{"a" * 29}</code>' in shown(f"`{'a' * 29}`")
    assert f"<code>{'a' * 28}</code>" in shown(f"`{'a' * 28}`")
