"""Directives of a page, each a line of its own: what stands there is made, not typed.

`::: snippet flask/portal.py` is a file of `docs/site/snippets`, as the tests run it; `::: reference errors` a
table of what this provider does. The result is plain Markdown: people, search and programs read the same.
"""

import re
from collections.abc import Callable
from pathlib import Path

DIRECTIVE = re.compile(r"^::: (?P<kind>\w+) (?P<what>[\w./-]+)$", re.MULTILINE)
LEXERS = {
    ".py": "python",
    ".mjs": "javascript",
    ".js": "javascript",
    ".html": "html",
    ".go": "go",
    ".php": "php",
    ".java": "java",
    ".sh": "sh",
    ".toml": "toml",
    ".yml": "yaml",
    ".xml": "xml",
    ".mod": "text",
    ".json": "json",
}


class DirectiveWrong(Exception):
    """Names a file or a table that is not there."""


def expand(text: str, *, snippets: Path, reference: Callable[[str], str]) -> str:
    """Raises DirectiveWrong."""

    def made(found: re.Match[str]) -> str:
        kind, what = found["kind"], found["what"]
        if kind == "snippet":
            return _snippet(snippets, what)
        if kind == "reference":
            return reference(what)
        raise DirectiveWrong(f"::: {kind}")

    return DIRECTIVE.sub(made, text)


def _snippet(folder: Path, what: str) -> str:
    file = (folder / what).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise DirectiveWrong(f"::: snippet {what}: there is no such file")
    if file.suffix not in LEXERS:
        raise DirectiveWrong(f"::: snippet {what}: no language is known for {file.suffix}")
    body = file.read_text("utf-8").rstrip("\n")
    fence = "`" * (3 if "```" not in body else 5)
    name = what.partition("/")[2] or what  # where it goes, in the folder of the program
    return f"**`{name}`**\n\n{fence}{LEXERS[file.suffix]}\n{body}\n{fence}"
