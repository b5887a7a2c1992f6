"""What a result shows: around what was asked for, marked, bounded, and never more than words."""

from html import unescape

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from idp.documentation.excerpts import CHARACTERS_AT_MOST, CUT, Piece, excerpt, marked
from idp.documentation.words import asked_by, words
from idp.settings import ROOT

SHOWN = (ROOT / "idp/templates/documentation/search.html").read_text("utf-8")
MACRO = SHOWN[SHOWN.index("{% macro pieces") : SHOWN.index("{% macro listed")].strip()
"""As the page writes them."""
WRITE = Environment(autoescape=True).from_string(f"{MACRO}{{{{ pieces(all) }}}}")
TEXTS = st.lists(
    st.sampled_from(
        [
            "redirect_uri",
            "state",
            "<b>",
            "</mark>",
            "&amp;",
            '"',
            "授权码",
            "等级",
            "登錄",
            "。",
            "a",
            "ﬁ",
            "x" * 200,
        ]
    ),
    max_size=60,
).flatmap(lambda found: st.sampled_from([" ".join(found), "".join(found)]))


def text_of(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def matches(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_match]


@settings(deadline=None)
@given(st.one_of(TEXTS, st.text(max_size=400)), st.one_of(TEXTS, st.text(max_size=20)))
def test_an_excerpt_is_bounded_and_holds_what_the_text_does(text: str, query: str) -> None:
    asked = asked_by(query)
    found = excerpt(text, asked)
    assert len(text_of(found)) <= CHARACTERS_AT_MOST
    assert bool(matches(found)) == any(asked.is_in(word) for word in words(text))
    assert all(piece.text for piece in found)
    shown = text_of(found).removeprefix(CUT if text_of(found)[:1] != text[:1] else "")
    assert shown in text or shown.removesuffix(CUT) in text


@settings(deadline=None)
@given(st.one_of(TEXTS, st.text(max_size=400)), TEXTS)
def test_no_text_gets_out_of_its_escaping(text: str, query: str) -> None:
    found = excerpt(text, asked_by(query))
    html = WRITE.render(all=found)
    assert html.count("<") == 2 * len(matches(found)), "nothing is an element but what is marked"
    assert unescape(html.replace("<mark>", "").replace("</mark>", "")) == text_of(found)


@settings(deadline=None)
@given(TEXTS, st.integers(0, 60))
def test_any_word_of_a_text_is_marked_when_it_is_asked_for(text: str, which: int) -> None:
    there = list(words(text))
    assume(there)
    word = there[which % len(there)]
    found = excerpt(text, asked_by(word.token))
    assert any(word.token[0] in one for mark in matches(found) for one in (w.token for w in words(mark)))


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=20))
def test_a_title_is_whole(text: str, query: str) -> None:
    assert text_of(marked(text, asked_by(query))) == text


def test_it_is_around_what_was_asked_for() -> None:
    text = f"{'many words before ' * 20}the redirect_uri is compared {'and more after ' * 20}"
    found = excerpt(text, asked_by("redirect_uri"))
    assert matches(found) == ["redirect_uri"]
    assert text_of(found).startswith(f"{CUT}many words before many words before the redirect_uri is")
    assert text_of(found).endswith(CUT)


def test_it_is_where_most_of_it_stands_together() -> None:
    text = f"code {'none of it ' * 30}the code and its state {'none of it ' * 30}"
    assert matches(excerpt(text, asked_by("state code"))) == ["code", "state"]


def test_a_beginning_marks_the_word_and_neighbours_are_one_mark() -> None:
    assert matches(excerpt("Register here.", asked_by("regi"))) == ["Register"]
    assert matches(excerpt("先登录失败再说", asked_by("登錄失敗"))) == ["登录失败"]


def test_one_word_longer_than_the_excerpt_is_cut() -> None:
    (before, mark, after) = excerpt(f"{'x ' * 80}{'y' * 300}", asked_by("y" * 300))[-3:]
    assert (before.is_match, mark.is_match, after) == (False, True, Piece(CUT))
    assert excerpt("nothing of it", asked_by("else")) == (Piece("nothing of it"),)
    assert excerpt("", asked_by("else")) == ()
