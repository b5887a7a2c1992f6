"""An edition of a folder: what is put together, and what is refused."""

import json
from pathlib import Path

import pytest

from idp.documentation.editions import BundleWrong, Edition, bundles, of_bundle, of_repository
from idp.documentation.expanding import DirectiveWrong
from idp.documentation.navigation import NavigationWrong

NAVIGATION = """
[[section]]
en = "Begin"
zh-CN = "开始"
zh-Hant = "開始"
pages = ["index", "start/one", {path = "depth/guide", en = "docs/guide.md"}]
[titles]
index = "開始"
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    files = {
        "site/navigation.toml": NAVIGATION,
        "site/en/index.md": "# First\\n[one](start/one.md) [guide](../../guide.md#a) at {issuer}",
        "site/zh-CN/index.md": "# 首页",
        "site/en/start/one.md": "# One\\n[a](../index.md)\\n\\n::: snippet code/a.py\\n\\n::: reference x",
        "site/zh-CN/start/one.md": "# 一",
        "guide.md": "# Guide\\n## A\\n[one](site/en/start/one.md) [else](other.md)",
        "site/snippets/code/a.py": 'print(f"{issuer}")\\n',
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("\\n", "\n"), "utf-8")
    return folder


def made(docs: Path) -> Edition:
    return of_repository(
        docs,
        "1.2",
        "https://id.example",
        lambda what, language: f"{what} in {language}",
        lambda words, language: f"{words} ({language})",
    )


def test_the_console_is_called_as_it_calls_itself(docs: Path) -> None:
    (docs / "site/zh-CN/start/one.md").write_text("# 一\n\n按“{console: Keys}”。", "utf-8")
    assert made(docs).pages["zh-CN"]["start/one"].markdown.endswith("按“Keys (zh-CN)”。")


def test_links_lead_from_page_to_page_and_the_issuer_is_told(docs: Path) -> None:
    pages = made(docs).pages["en"]
    assert pages["index"].markdown.endswith(
        "[one](start/one.md) [guide](depth/guide.md#a) at https://id.example"
    )
    assert "[one](../start/one.md) [else](other.md)" in pages["depth/guide"].markdown


def test_directives_become_markdown_and_code_stays_as_it_is(docs: Path) -> None:
    text = made(docs).pages["en"]["start/one"].markdown
    assert '**`a.py`**\n\n```python\nprint(f"{issuer}")\n```' in text
    assert text.endswith("x in en")


def test_a_page_falls_back_and_says_in_what_it_is_written(docs: Path) -> None:
    edition = made(docs)
    found = {tag: edition.page(tag, "depth/guide") for tag in ("zh-Hant", "zh-CN", "en")}
    assert {tag: at[1] for tag, at in found.items() if at} == {"zh-Hant": "en", "zh-CN": "en", "en": "en"}
    assert edition.title("zh-Hant", "index") == "開始"
    assert edition.title("zh-Hant", "start/one") == "一"
    assert edition.page("en", "none") is None


@pytest.mark.parametrize(
    "directive",
    ["snippet none.py", "snippet ../../guide.md", "snippet /etc/passwd", "snippet code", "unknown thing"],
)
def test_a_directive_that_names_nothing_is_refused(docs: Path, directive: str) -> None:
    (docs / "site/en/index.md").write_text(f"# First\n\n::: {directive}\n", "utf-8")
    with pytest.raises(DirectiveWrong):
        made(docs)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"index", ', '"index", "index", '),
        ('"start/one"', '"start/none"'),
        ('"start/one"', '"../one"'),
        ('en = "docs/guide.md"', 'zh-CN = "docs/guide.md"'),
        ('index = "開始"', 'nowhere = "開始"'),
    ],
)
def test_a_navigation_that_is_wrong_is_refused(docs: Path, was: str, becomes: str) -> None:
    (docs / "site/navigation.toml").write_text(NAVIGATION.replace(was, becomes), "utf-8")
    with pytest.raises(NavigationWrong):
        made(docs)


def test_a_bundle_is_the_same_edition_and_the_newest_comes_first(docs: Path, tmp_path: Path) -> None:
    edition = made(docs)
    for version in ("1.2", "1.10"):
        text = json.dumps({**edition.to_json(), "version": version})
        (tmp_path / f"{version}.json").write_text(text, "utf-8")
    assert [one.version for one in bundles(tmp_path)] == ["1.10", "1.2"]
    assert of_bundle(tmp_path / "1.2.json") == edition


def test_there_are_no_bundles_without_a_folder(tmp_path: Path) -> None:
    assert bundles(None) == []
    with pytest.raises(BundleWrong):
        bundles(tmp_path / "none")
