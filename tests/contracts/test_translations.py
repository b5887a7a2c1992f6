"""Every message of the product has its words in each language, and every code of the engine its message."""

import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask, render_template_string

from idp import locales
from idp.locales.catalogues import TRANSLATED, po_file
from idp.locales.extraction import extract, problems
from idp.people.password_rules import LONGEST_CHARACTERS, SHORTEST_CHARACTERS
from liveness.types import Action, Advice, Refusal

FALLBACK_REASONS = {Refusal.ANTISPOOF, Refusal.FLAT, Refusal.OTHER_FACE}
"""These share one sentence on purpose: it gives an attacker nothing to tune on."""


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("idp")
    locales.init_app(app, default_locale="zh-CN")
    return app


OTHER_WORDS = {
    "zh-CN": {
        "回跳": "回调",
        "生产环境": "正式环境",
        "级别": "等级",
        "退出令牌": "登出令牌",
        "退出通知": "登出通知",
        "隐私声明": "隐私政策",
    },
    "zh-Hant": {
        "令牌": "權杖",
        "創建": "建立",
        "回跳": "回調",
        "字符": "字元",
        "客戶端": "用戶端",
        "應答": "回應",
        "會話": "工作階段",
        "沙箱": "沙盒",
        "生產環境": "正式環境",
        "簡訊": "短訊",
        "級別": "等級",
        "許可權": "權限",
        "響應": "回應",
    },
}
"""Words that somebody else would choose, and ours: a thing has one name in a language."""


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_message_is_translated(tag: str) -> None:
    template = extract()
    assert len(template) > 100
    assert problems(tag, template) == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_thing_has_one_name(tag: str) -> None:
    text = _said(tag)
    assert {other: ours for other, ours in OTHER_WORDS[tag].items() if other in text} == {}


def test_no_character_is_left_in_the_other_script() -> None:
    """Each script has a character set of its own, which holds all that is said in it."""
    for tag, charset in (("zh-CN", "gb2312"), ("zh-Hant", "big5")):
        signs = {sign for sign in _said(tag) if "\u4e00" <= sign <= "\u9fff"}
        assert {sign for sign in signs if not sign.encode(charset, "ignore")} == set()


def _said(tag: str) -> str:
    with po_file(tag).open("rb") as file:
        strings = [one.string for one in read_po(file) if one.id]
    return "\n".join(one if isinstance(one, str) else "\n".join(one) for one in strings)


def test_no_message_stands_where_the_extraction_does_not_look() -> None:
    """Babel reads no calls inside f-strings: their messages would never come to a translator."""
    found = []
    for file in Path(locales.__file__).parents[1].rglob("*.py"):
        texts = (
            node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.JoinedStr)
        )
        calls = (part for text in texts for part in ast.walk(text) if isinstance(part, ast.Call))
        found += [
            f"{file.name}:{call.lineno}"
            for call in calls
            if isinstance(call.func, ast.Name) and call.func.id in {"_", "gettext", "ngettext"}
        ]
    assert found == []


def words(app: Flask, file: str, macro: str, code: str) -> str:
    with app.test_request_context("/?", headers={"Accept-Language": "en"}):
        return render_template_string(
            f'{{% from "login/{file}.html" import {macro} %}}{{{{ {macro}(code) }}}}', code=code
        ).strip()


@pytest.mark.parametrize("action", Action)
def test_every_action_has_words(app: Flask, action: Action) -> None:
    assert words(app, "parts", "action_words", action) != words(app, "parts", "action_words", "look_straight")


@pytest.mark.parametrize("advice", Advice)
def test_every_advice_has_words(app: Flask, advice: Advice) -> None:
    assert words(app, "parts", "advice_words", advice)


@pytest.mark.parametrize("list_name", ["ACTIONS", "ADVICE"])
def test_the_camera_page_holds_the_words_of_every_code(app: Flask, list_name: str) -> None:
    codes = {"ACTIONS": {*map(str, Action)}, "ADVICE": {*map(str, Advice)}}[list_name]
    with app.test_request_context("/"):
        source = f'{{% from "login/parts.html" import {list_name} %}}{{{{ {list_name}|join(" ") }}}}'
        assert codes <= set(render_template_string(source).split())


@pytest.mark.parametrize("refusal", sorted(set(Refusal) - FALLBACK_REASONS))
def test_every_refusal_has_words(app: Flask, refusal: Refusal) -> None:
    assert words(app, "reasons", "reason_words", refusal) != words(app, "reasons", "reason_words", "")


@pytest.mark.parametrize("refusal", sorted(FALLBACK_REASONS))
def test_refusals_of_an_attack_share_their_words(app: Flask, refusal: Refusal) -> None:
    assert words(app, "reasons", "reason_words", refusal) == words(app, "reasons", "reason_words", "")


def test_the_password_hint_says_the_rule(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        source = '{% from "macros.html" import password_fields %}{{ password_fields({}) }}'
        shown = render_template_string(source)
    assert f'minlength="{SHORTEST_CHARACTERS}"' in shown
    assert f'maxlength="{LONGEST_CHARACTERS}"' in shown
    assert f"At least {SHORTEST_CHARACTERS} characters" in shown
