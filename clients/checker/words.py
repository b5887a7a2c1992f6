"""The words of checks, reasons and mends, in the languages that there are texts for."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .report import Result

FOLDER = Path(__file__).resolve().parent / "texts"
LANGUAGES = ("en", "zh-CN", "zh-Hant")


@dataclass(frozen=True)
class Words:
    """One result, as somebody reads it. A name that is not known here stands for itself: reports outlive
    versions."""

    title: str
    verdict: str
    expected: str
    reason: str
    mend: str


def words(result: Result, language: str = "en") -> Words:
    told = texts(language)
    check: Mapping[str, str] = told["checks"].get(result.check, {})
    return Words(
        check.get("title", result.check),
        verdict(result.verdict, language),
        told["expected"].get(result.expected, result.expected),
        told["reasons"].get(result.reason, result.reason),
        check.get("mend", ""),
    )


def verdict(name: str, language: str = "en") -> str:
    return str(texts(language)["verdicts"][name])


def group(name: str, language: str = "en") -> str:
    return str(texts(language)["groups"].get(name, name))


def word(name: str, language: str = "en") -> str:
    return str(texts(language)["words"][name])


@cache
def texts(language: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
