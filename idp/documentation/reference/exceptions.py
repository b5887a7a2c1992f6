"""What the Python package raises, read off its source: the provider itself imports nothing of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from idp.documentation.reference.explained import Explained, Facts, cell, code, rows

ROOT = "RelyingPartyError"
HEADS = {
    "en": ("Exception", "Is a", "When"),
    "zh-CN": ("异常", "属于", "什么时候"),
}


def raised(folder: Path) -> dict[str, tuple[str, str]]:
    """Name -> base and first sentence, of all that are `RelyingPartyError`; below `folder`, a package."""
    declared = {
        node.name: (base.id, _first_sentence(node))
        for file in sorted(folder.glob("*.py"))
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
        for base in node.bases[:1]
        if isinstance(base, ast.Name)
    }
    return {name: declared[name] for name in declared if ROOT in (name, *_above(name, declared))}


def table(facts: Facts, explained: Explained) -> str:
    shown = [
        # The package says it in English; who reads Chinese gets the words of ours.
        [code(name), code(base), cell(said if explained.language == "en" else explained.of(name))]
        for name, (base, said) in raised(facts.docs.parent / "clients" / "sdk").items()
    ]
    return rows(*HEADS[explained.language], of=shown)


def _above(name: str, declared: dict[str, tuple[str, str]]) -> Iterator[str]:
    while name in declared:
        name = declared[name][0]
        yield name


def _first_sentence(node: ast.ClassDef) -> str:
    text = " ".join((ast.get_docstring(node) or "").split())
    return text.partition(". ")[0].rstrip(".") + "."
