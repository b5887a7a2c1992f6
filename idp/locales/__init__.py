"""The language of a page: which one, and its words.

Message ids are English and stand in the code; `idp/translations/*.po` hold the rest and are read at
first use, so there is nothing to compile. Order: the person's own choice (a cookie), the portal's
`ui_locales` (OpenID Connect Core 3.1.2.1), the browser's Accept-Language, the setting.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, Response, abort, current_app, g, has_request_context, redirect, request
from werkzeug.datastructures import LanguageAccept

from idp.china_time import CHINA_TIME
from idp.locales.catalogues import BABEL_LOCALES, TAGS, translations

COOKIE = "__Host-locale"
COOKIE_SECONDS = 365 * 24 * 3600
NAMES = {"zh-CN": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
TRADITIONAL_REGIONS = frozenset({"tw", "hk", "mo"})


def match(tag: str) -> str | None:
    """Which of our languages a BCP 47 tag asks for: `zh-TW`, `zh-Hant-HK` -> `zh-Hant`."""
    language, *rest = tag.strip().lower().replace("_", "-").split("-")
    if language == "en":
        return "en"
    if language != "zh":
        return None
    if "hans" in rest:
        return "zh-CN"
    return "zh-Hant" if "hant" in rest or TRADITIONAL_REGIONS.intersection(rest) else "zh-CN"


def first_match(tags: Iterable[str]) -> str | None:
    return next((found for tag in tags if (found := match(tag))), None)


def hint(ui_locales: str | None) -> None:
    """What the portal asks for in `ui_locales`, a list separated by spaces. Call before the first words."""
    g.ui_locales = ui_locales or ""
    g.pop("locale", None)


def current_locale() -> str:
    """The tag for this request; English where there is none (command line, worker)."""
    if not has_request_context():
        return "en"
    if "locale" not in g:
        cookie = request.cookies.get(COOKIE, "")
        accepted: LanguageAccept = request.accept_languages
        g.locale = (
            (cookie if cookie in TAGS else None)
            or first_match(str(g.get("ui_locales", "")).split())
            or first_match(tag for tag, _ in accepted)
            or current_app.config["DEFAULT_LOCALE"]
        )
    return str(g.locale)


def gettext(message: str, **variables: object) -> str:
    """The message in the language of this request, with `%(name)s` filled in."""
    return gettext_in(current_locale(), message, **variables)


def gettext_in(tag: str, message: str, **variables: object) -> str:
    """The message in a language that is known otherwise: a text message sent by the worker."""
    text = translations(tag).gettext(message)
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """`num` stands in the message as people write it: 12,000."""
    shown = num if abs(num) < 1000 else show_number(num)
    return translations(current_locale()).ngettext(singular, plural, num) % {"num": shown, **variables}


def show_number(value: int) -> str:
    """With what parts its thousands."""
    return str(format_decimal(value, locale=BABEL_LOCALES[current_locale()]))


def gettext_noop(message: str) -> str:
    """Marks a message that stands in a table, for extraction; translate it where it is shown."""
    return message


def show_date(value: date) -> str:
    return format_date(_local(value), "long", BABEL_LOCALES[current_locale()])


def show_datetime(value: datetime) -> str:
    """To the minute, in China's time."""
    style = "medium" if current_locale() == "en" else "yyyy-MM-dd HH:mm"
    return format_datetime(_local(value), style, locale=BABEL_LOCALES[current_locale()])


def links() -> list[dict[str, Any]]:
    """For the language switch: the same page in each language."""
    here = request.full_path.rstrip("?")
    return [
        {"tag": tag, "name": NAMES[tag], "next": here, "current": tag == current_locale()} for tag in TAGS
    ]


def is_local(target: str) -> bool:
    """A path of this origin. `//host` and `/\\host` lead elsewhere in a browser."""
    parts = urlsplit(target)
    plain = target.isprintable() and "\\" not in target
    return plain and target.startswith("/") and not target.startswith("//") and not parts.netloc


def init_app(app: Flask, *, default_locale: str) -> None:
    app.config["DEFAULT_LOCALE"] = default_locale

    def choose(tag: str) -> Response:
        target = request.args.get("next", "/")
        if tag not in TAGS or not is_local(target):
            abort(404)
        response = app.make_response(redirect(target, 303))
        response.set_cookie(
            COOKIE, tag, max_age=COOKIE_SECONDS, secure=True, httponly=True, samesite="Lax", path="/"
        )
        return response

    app.add_url_rule("/locale/<tag>", "locale", choose)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: translations(current_locale()).gettext(message),
        lambda one, many, num: translations(current_locale()).ngettext(one, many, num),
        newstyle=True,
    )
    app.jinja_env.globals.update(current_locale=current_locale, locale_links=links)
    app.jinja_env.filters.update(show_date=show_date, show_datetime=show_datetime, show_number=show_number)


def _local(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(CHINA_TIME)
    return value
