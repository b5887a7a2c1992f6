"""What is written of the checks is what there is."""

import re
from pathlib import Path

import pytest

from clients.checker import CHECKS
from clients.checker.command import main
from clients.checker.words import texts

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "clients/checker"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("document", "language"),
    [("docs/checker.md", "en"), ("docs/site/zh-CN/depth/checker.md", "zh-CN")],
    ids=["en", "zh-CN"],
)
def test_the_document_has_a_row_for_each_check(document: str, language: str) -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| (.*?) \| .*? \| (.*?) \|$", (ROOT / document).read_text("utf-8"), re.M
    )
    titles = texts(language)["checks"]
    assert rows == [(check.name, titles[check.name]["title"], check.source) for check in CHECKS]


def test_both_languages_show_the_same_commands() -> None:
    ours, theirs = (
        BLOCK.findall((PACKAGE / name).read_text("utf-8")) for name in ("README.md", "README.zh-CN.md")
    )
    assert ours == theirs


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_only_options_that_there_are(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) | {"--app", "--bind"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (PACKAGE / name).read_text("utf-8"))) <= known
