"""The search: what is found, in which order, and that the page's script finds the same."""

import json
import subprocess
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.documentation.rendering import parts
from idp.documentation.searching import Index, index, tokens
from idp.documentation.traditional import PAIRS
from idp.settings import ROOT

BYTES = (ROOT / "idp/static/js/documentation.js").read_bytes()
SCRIPT = f"data:text/javascript;base64,{b64encode(BYTES).decode()}"
"""Node takes a file without a `package.json` beside it for CommonJS; as data it is what its page says."""
PAGES = {
    "start": "# Begin\nRegister a client, then sign in.\n## redirect_uri\nCompared as strings.",
    "errors": "# 出错了\n登录失败时先看这里。\n## invalid_grant\n授权码只能用一次，redirect_uri 要一致。",
    "levels": "# 认证等级\n等级三：本人在场。\n## 升级认证\n登录之后再证明一次。",
}


@pytest.fixture(scope="module")
def made() -> Index:
    return index((path, path.title(), parts(text)) for path, text in PAGES.items())


def places(made: Index, query: str) -> list[str]:
    return [f"{one.path}#{one.anchor}" for one in made.search(query)]


def test_words_are_pairs_of_characters_in_chinese() -> None:
    assert list(tokens("redirect_uri 授权码 a")) == ["redirect", "uri", "授权", "权码", "a"]
    assert list(tokens("码")) == ["码"]
    assert list(tokens("ＡＢＣ")) == ["abc"]


def test_a_heading_comes_before_a_mention(made: Index) -> None:
    assert places(made, "redirect_uri") == ["start#redirect_uri", "errors#invalid_grant"]


def test_what_holds_all_words_comes_alone(made: Index) -> None:
    assert places(made, "授权码 redirect_uri") == ["errors#invalid_grant"]


def test_the_last_word_may_be_a_beginning(made: Index) -> None:
    assert places(made, "regis") == ["start#"]
    assert places(made, "regis client") == ["start#"]


def test_traditional_characters_find_simplified_ones(made: Index) -> None:
    assert places(made, "登錄失敗") == places(made, "登录失败") == ["errors#"]


@pytest.mark.parametrize("nothing", ["", " ", "!?", "none-such", "无此"])
def test_nothing_is_found(made: Index, nothing: str) -> None:
    assert made.search(nothing) == []


@given(st.text(max_size=300))
def test_any_query_is_answered(query: str) -> None:
    made = index((path, path, parts(text)) for path, text in PAGES.items())
    assert len(made.search(query)) <= 20


def test_the_script_finds_the_same(made: Index) -> None:
    queries = [
        "redirect_uri",
        "授权码 redirect_uri",
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
