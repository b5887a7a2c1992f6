"""The app's languages: what the telephone wishes."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import request

FOLDER = Path(__file__).resolve().parent / "texts"
LOCALES = ("zh-CN", "zh-Hant", "en")
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def current() -> str:
    for tag, _quality in request.accept_languages:
        language, *rest = tag.lower().split("-")
        if language == "en":
            return "en"
        if language == "zh":
            return "zh-Hant" if TRADITIONAL & set(rest) else "zh-CN"
    return LOCALES[0]


@cache
def texts(locale: str) -> Mapping[str, str]:
    return tomllib.loads((FOLDER / f"{locale}.toml").read_text("utf-8"))
