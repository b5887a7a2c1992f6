"""The portal's languages: a choice that is remembered, else the browser's wish."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import request, session

FOLDER = Path(__file__).resolve().parent / "texts"
LOCALES = {"zh-CN": "简体", "zh-Hant": "繁體", "en": "English"}
DEFAULT = "zh-CN"


def current() -> str:
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    for tag, _quality in request.accept_languages:
        if found := _nearest(tag.lower()):
            return found
    return DEFAULT


def _nearest(tag: str) -> str | None:
    language, *rest = tag.split("-")
    if language == "en":
        return "en"
    if language == "zh":
        return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(rest) else "zh-CN"
    return None


@cache
def texts(locale: str) -> Mapping[str, str]:
    return tomllib.loads((FOLDER / f"{locale}.toml").read_text("utf-8"))
