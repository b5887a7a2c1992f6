"""What stands beside what was read off the provider: words in the reader's language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class NotExplained(Exception):
    """Something of ours runs, and nobody says what it is for."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of the provider that shows the pages."""

    issuer: str
    docs: Path
    """The repository's folder."""
    metadata: Mapping[str, Any]
    """Its discovery document."""


@dataclass(frozen=True, slots=True)
class Explained:
    file: Path
    language: str
    _words: Mapping[str, Mapping[str, str]]

    def of(self, name: str) -> str:
        """Raises NotExplained."""
        words = self._words.get(name, {}).get(self.language)
        if not words:
            raise NotExplained(f"{self.file.name}: {name} ({self.language})")
        return words

    def sentence(self, english: str) -> str:
        """What is said in English where it is declared, in the reader's language. Raises NotExplained."""
        said = " ".join(english.split())
        return self.of(said) if said and self.language != "en" else said

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._words)


def read(file: Path, language: str) -> Explained:
    found = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    return Explained(file, language, found)


def cell(text: str) -> str:
    """As a table's cell holds it."""
    return " ".join(text.split()).replace("|", "\\|")


def code(value: object) -> str:
    return f"`{cell(str(value))}`"


def rows(*columns: str, of: list[list[str]]) -> str:
    """A table of Markdown."""
    lines = [columns, ["---"] * len(columns), *of]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
