"""The search: what is found, in which order, and that the page's script finds the same."""

import json
import subprocess
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.documentation.rendering import parts, title
from idp.documentation.searching import Index, Page, index
from idp.documentation.traditional import PAIRS
from idp.documentation.words import words
from idp.settings import ROOT

BYTES = (ROOT / "idp/static/js/documentation.js").read_bytes()
SCRIPT = f"data:text/javascript;base64,{b64encode(BYTES).decode()}"
"""Node takes a file without a `package.json` beside it for CommonJS; as data it is what its page says."""


TEXTS = st.text(st.sampled_from("ab_ 授权码權。，ＡｂÉﬁ½"), max_size=20)


def page(path: str, language: str, text: str) -> Page:
    return Page(path, title(text), parts(text), language)


PAGES = (
    page("start", "en", "# Begin\nRegister a client, then sign in.\n## redirect_uri\nCompared as strings."),
    page(
        "errors",
        "zh-CN",
        "# 出错了\n登录失败时先看这里。\n## invalid_grant\n授权码只能用一次，redirect_uri 要一致。",
    ),
    page("levels", "zh-CN", "# 认证等级\n等级三：本人在场。\n## 升级认证\n登录之后再证明一次。"),
)


@pytest.fixture(scope="module")
def made() -> Index:
    return index("zh-CN", PAGES)


def places(made: Index, query: str) -> list[str]:
    return [f"{one.path}#{one.anchor}" for one in made.best(query)]


def test_words_are_pairs_of_characters_in_chinese() -> None:
    assert tokens("redirect_uri 授权码 a") == ["redirect", "uri", "授权", "权码", "a"]
    assert tokens("码") == ["码"]
    assert tokens("ＡＢＣ") == ["abc"]


def tokens(text: str) -> list[str]:
    return [word.token for word in words(text)]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_words_are_known_by_where_they_stand(text: str) -> None:
    for word in words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.token in "".join(tokens(text[word.start : word.end]))


def test_a_heading_comes_before_a_mention() -> None:
    made = index("en", [page("mention", "en", "# One\nIts redirect_uri."), PAGES[0]])
    assert places(made, "redirect_uri") == ["start#redirect_uri", "mention#"]


def test_a_title_comes_before_a_text_that_says_it_often() -> None:
    often = page("often", "en", f"# One\n{'device ' * 50}\n## Two\ndevice device device")
    made = index("en", [often, page("devices", "en", "# The device grant\nA screen.")])
    assert places(made, "device")[0] == "devices#"


def test_who_says_it_comes_before_code_that_has_it() -> None:
    code = page("code", "en", f"# One\n```\n{'secret ' * 9}\n```")
    made = index("en", [code, page("prose", "en", "# Two\nThe secret is shown once: keep the secret.")])
    assert places(made, "secret") == ["prose#", "code#"]


def test_words_of_a_title_and_of_a_part_below_are_found_together() -> None:
    flask = page("flask", "en", "# Flask\nTwenty lines.\n## Start\nThe secret in the environment.")
    made = index("en", [page("secrets", "en", "# Keys\nA secret is shown once."), flask])
    assert places(made, "flask secret") == ["flask#start"]


def test_the_readers_language_comes_first(made: Index) -> None:
    """However well the other one holds it."""
    assert places(made, "redirect_uri") == ["errors#invalid_grant", "start#redirect_uri"]
    assert [one.language for one in index("en", PAGES).best("redirect_uri")] == ["en", "zh-CN"]


def test_what_holds_all_words_comes_alone(made: Index) -> None:
    assert places(made, "授权码 redirect_uri") == ["errors#invalid_grant"]


def test_the_last_word_may_be_a_beginning(made: Index) -> None:
    assert places(made, "regis") == ["start#"]
    assert places(made, "regis client") == ["start#"]
    assert "errors#invalid_grant" in places(made, "授权 码")


def test_traditional_characters_find_simplified_ones(made: Index) -> None:
    assert places(made, "登錄失敗") == places(made, "登录失败") == ["errors#"]


@pytest.mark.parametrize("nothing", ["", " ", "!?", "none-such", "无此"])
def test_nothing_is_found(made: Index, nothing: str) -> None:
    assert made.search(nothing) == []


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_query_is_answered(query: str) -> None:
    assert len(index("zh-CN", PAGES).search(query)) <= 20


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_what_is_found_is_marked_somewhere(texts: list[str], query: str) -> None:
    made = index("en", [Page(text, text, parts(f"# {text}\n{text}"), "en") for text in texts])
    for found in made.search(query):
        assert any(piece.is_match for piece in (*found.title, *found.heading, *found.excerpt))


def test_the_script_finds_the_same(made: Index) -> None:
    queries = [
        "redirect_uri",
        "授权码 redirect_uri",
        "redirect",
        "e\u0301rror ﬁ İ",
        "regis",
        "登錄失敗",
        "登录",
        "码",
        "",
        "ＵＲＩ",
        "uri sig",
        "无此",
    ]
    told = made.to_json() | {"folded": ["".join(PAIRS), "".join(PAIRS.values())]}
    program = """
        const [module, told] = [await import(process.argv[1]), JSON.parse(process.argv[2])];
        const places = (query) => module.search(told.index, query).map((p) => `${p[0]}#${p[3]}`);
        const found = told.queries.map(places);
        console.log(JSON.stringify(found));"""
    asked = json.dumps({"queries": queries, "index": told})
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", program, SCRIPT, asked],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [places(made, query) for query in queries]
