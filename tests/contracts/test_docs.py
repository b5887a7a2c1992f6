"""What the documents name is there: files, tests, commands, settings, links."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from idp.cli import idp
from idp.settings import ROOT

DOCUMENTS = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("README*.md"))]
PATH = re.compile(r"`((?:idp|liveness|clients|tests|config|bench|docs)/[\w./-]*)`")
TEST = re.compile(r"`(tests/[\w./]+\.py)::(test_\w+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
ANCHOR = re.compile(r"\]\((?!https?:)([^)#]*)#([^)]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
COMMAND = re.compile(r"`idp ([a-z-]+)(?: ([a-z-]+))?")
SETTING = re.compile(r"`([a-z_]+)\.([a-z_]+)(?: = [^`]*)?`")

by_name = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@by_name
def test_named_files_are_there(document: Path) -> None:
    named = PATH.findall(document.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists() and not name.startswith("config/<")] == []


@by_name
def test_named_tests_are_there(document: Path) -> None:
    missing = [
        f"{file}::{test}"
        for file, test in TEST.findall(document.read_text("utf-8"))
        if f"def {test}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []


@by_name
def test_links_lead_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def anchors(document: Path) -> set[str]:
    """Of its headings: the one that it names at its end, or as the sites that show Markdown make them."""
    found = set()
    for heading in HEADING.findall(document.read_text("utf-8")):
        words, named, anchor = heading.partition(" {#")
        found.add(anchor.rstrip("}") if named else re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-"))
    return found


@by_name
def test_links_lead_to_a_heading(document: Path) -> None:
    found = ANCHOR.findall(document.read_text("utf-8"))
    assert [to for file, to in found if to not in anchors(document.parent / file if file else document)] == []


@by_name
def test_named_commands_are_there(document: Path) -> None:
    context = click.Context(idp)
    for first, second in COMMAND.findall(document.read_text("utf-8")):
        command = idp.get_command(context, first)
        assert command is not None, first
        if second and isinstance(command, click.Group):
            assert command.get_command(context, second) is not None, f"{first} {second}"


@by_name
def test_named_settings_are_there(document: Path) -> None:
    text = (ROOT / "config/default.toml").read_text("utf-8")
    defaults = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))
    for section, key in SETTING.findall(document.read_text("utf-8")):
        if section in defaults and isinstance(defaults[section], dict):
            assert key in defaults[section], f"{section}.{key}"
