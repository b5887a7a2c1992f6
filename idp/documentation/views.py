"""`/docs`: pages, their Markdown, the search, and what programs read first.

Addresses name the language, so an answer is the same for everybody and may be kept.
"""

import json
from collections.abc import Callable, Hashable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from idp.documentation import for_programs
from idp.documentation.editions import VERSION, Edition, Page
from idp.documentation.library import Library
from idp.documentation.navigation import INDEX, LANGUAGES
from idp.documentation.opening import open_library
from idp.documentation.rendering import Rendered, Words, render
from idp.documentation.searching import QUERY_CHARACTERS, Found
from idp.documentation.traditional import PAIRS
from idp.extensions import services
from idp.locales import NAMES, current_locale
from idp.locales import gettext as _
from idp.oidc.endpoints import served
from idp.oidc.http import Request

blueprint = Blueprint("documentation", __name__)
KEY = "yitong.documentation"
DISCOVERY = "/.well-known/openid-configuration"
KEPT = "public, max-age=300"
MARKDOWN = ".md"
LANGUAGE = "<any('zh-CN', 'zh-Hant', 'en'):language>"
ROUTES = (f"/docs/{LANGUAGE}", f"/docs/<version_number:version>/{LANGUAGE}")


class VersionNumber(BaseConverter):
    regex = VERSION.pattern.replace("(", "(?:")


@blueprint.record_once
def _know_versions(state: BlueprintSetupState) -> None:
    """Before the routes, which name the converter."""
    state.app.url_map.converters["version_number"] = VersionNumber


def library() -> Library:
    if KEY not in current_app.extensions:
        document = current_app.extensions[served.KEY][DISCOVERY]
        made = open_library(services().settings, lambda: document(Request("GET", DISCOVERY)).body)
        current_app.extensions.setdefault(KEY, made)
    found: Library = current_app.extensions[KEY]
    return found


@blueprint.get("/docs", strict_slashes=False)
@blueprint.get("/docs/<version_number:version>", strict_slashes=False)
def begin(version: str | None = None) -> Response:
    """In the reader's language."""
    edition = _edition(version)
    answer = current_app.make_response(redirect(_address(edition, current_locale(), INDEX), 302))
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer


@blueprint.get("/llms.txt")
@blueprint.get("/docs/llms.txt")
def llms() -> Response:
    current = library().current
    text = for_programs.llms(current, lambda tag, path: _whole(_markdown_address(current, tag, path)))
    return _kept(text, "text/plain")


@blueprint.get("/docs/sitemap.xml")
def sitemap() -> Response:
    current = library().current
    return _kept(
        for_programs.sitemap(current, lambda tag, path: _whole(_address(current, tag, path))),
        "application/xml",
    )


@blueprint.get(f"{ROUTES[0]}/search.json")
@blueprint.get(f"{ROUTES[1]}/search.json")
def search_index(language: str, version: str | None = None) -> Response:
    edition = _edition(version)

    def made() -> str:
        found = library().index(edition, language).to_json()
        for place in found["places"]:
            place[0] = _address(edition, language, place[0])
        folded = ["".join(PAIRS), "".join(PAIRS.values())] if language != "en" else ["", ""]
        told = {**found, "folded": folded, "names": NAMES}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    return _kept(_once(("search", edition.version, language), made), "application/json")


@blueprint.get(f"{ROUTES[0]}/search")
@blueprint.get(f"{ROUTES[1]}/search")
def search(language: str, version: str | None = None) -> Response:
    edition = _edition(version)
    g.locale = language
    query = request.args.get("q", "").strip()[:QUERY_CHARACTERS]
    index = library().index(edition, language)
    found = [_result(edition, language, one) for one in index.search(query)]
    answer = Response(
        render_template(
            "documentation/search.html",
            query=query,
            results=[one for one in found if one["written_in"] == index.language],
            others=[one for one in found if one["written_in"] != index.language],
            elsewhere=[] if found else _elsewhere(edition, index.language, query),
            **_of_search(edition, language, query),
        )
    )
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


def _result(edition: Edition, language: str, found: Found) -> dict[str, Any]:
    place = found.place
    return {
        "found": found,
        "address": _address(edition, language, place.path) + (f"#{place.anchor}" if place.anchor else ""),
        "written_in": place.language,
    }


def _elsewhere(edition: Edition, language: str, query: str) -> list[dict[str, Any]]:
    """The languages in which what was not found here is."""
    return [
        {"tag": tag, "name": NAMES[tag], "address": _asking(edition, tag, query)}
        for tag in LANGUAGES
        if tag != language and library().index(edition, tag).best(query)
    ]


@blueprint.get(f"{ROUTES[0]}/", strict_slashes=False)
@blueprint.get(f"{ROUTES[1]}/", strict_slashes=False)
@blueprint.get(f"{ROUTES[0]}/<path:path>")
@blueprint.get(f"{ROUTES[1]}/<path:path>")
def page(language: str, path: str = INDEX, version: str | None = None) -> Response:
    edition = _edition(version)
    if version is not None and edition is library().current:
        return current_app.make_response(redirect(_address(edition, language, path), 302))
    found = edition.page(language, path.removesuffix(MARKDOWN))
    if found is None:
        abort(404)
    if path.endswith(MARKDOWN):
        return _kept(found[0].markdown, "text/markdown")
    return _kept(
        _once(("page", edition.version, language, path), lambda: _page(edition, language, *found)),
        "text/html",
    )


def _page(edition: Edition, language: str, shown: Page, written_in: str) -> str:
    g.locale = language
    order = edition.paths
    at = order.index(shown.path)

    def beside(index: int) -> dict[str, str] | None:
        if not 0 <= index < len(order):
            return None
        return {
            "title": edition.title(language, order[index]),
            "address": _address(edition, language, order[index]),
        }

    return render_template(
        "documentation/page.html",
        shown=_rendered(edition, language, shown),
        title=shown.title,
        written_in=written_in,
        previous=beside(at - 1),
        following=beside(at + 1),
        markdown_address=_markdown_address(edition, language, shown.path),
        **_layout(edition, language, shown.path),
    )


def _rendered(edition: Edition, language: str, shown: Page) -> Rendered:
    def link_to(target: str) -> str | None:
        if not target.endswith(MARKDOWN):
            return None
        path = for_programs.resolved(shown.path, target.removesuffix(MARKDOWN))
        return _address(edition, language, path) if path in edition.paths else None

    said = Words(
        anchor=_("Link to this part:"),
        table=_("Table"),
        code=_("Program code"),
        copy=_("Copy"),
        copied=_("Copied"),
    )
    return render(shown.markdown, link_to, said)


def _layout(edition: Edition, language: str, path: str) -> dict[str, Any]:
    found = library()
    sections = [
        {
            "name": section.names[language],
            "pages": [
                {
                    "title": edition.title(language, one),
                    "address": _address(edition, language, one),
                    "is_here": one == path,
                }
                for one in section.paths
            ],
        }
        for section in edition.sections
    ]
    return {
        "home_address": _address(edition, language, INDEX),
        "sections": sections,
        "edition": edition,
        "is_current": edition is found.current,
        "current_address": _address(found.current, language, path if path in found.current.paths else INDEX),
        "versions": [
            {"version": one.version, "address": _address(one, language, path if path in one.paths else INDEX)}
            for one in (found.current, *found.older)
        ],
        "languages": [
            {"tag": tag, "name": name, "address": _address(edition, tag, path), "current": tag == language}
            for tag, name in NAMES.items()
        ],
        "search_address": _search_address(edition, language),
    }


def _of_search(edition: Edition, language: str, query: str) -> dict[str, Any]:
    """No page of the menu is this one, and another language is asked the same."""
    layout = _layout(edition, language, INDEX)
    for section in layout["sections"]:
        for one in section["pages"]:
            one["is_here"] = False
    for one in layout["languages"]:
        one["address"] = _asking(edition, one["tag"], query)
    return layout


def _edition(version: str | None) -> Edition:
    edition = library().edition(version)
    if edition is None:
        abort(404)
    return edition


def _address(edition: Edition, language: str, path: str) -> str:
    version = None if edition is library().current else edition.version
    shown = None if path == INDEX else path
    return url_for("documentation.page", language=language, version=version, path=shown)


def _markdown_address(edition: Edition, language: str, path: str) -> str:
    return _address(edition, language, f"{path}{MARKDOWN}")


def _search_address(edition: Edition, language: str) -> str:
    version = None if edition is library().current else edition.version
    return url_for("documentation.search", language=language, version=version)


def _asking(edition: Edition, language: str, query: str) -> str:
    return f"{_search_address(edition, language)}?{urlencode({'q': query})}"


def _whole(address: str) -> str:
    return f"{current_app.config['ISSUER']}{address}"


def _once(name: Hashable, make: Callable[[], str]) -> str:
    return library().once(name, make)


def _kept(text: str, kind: str) -> Response:
    """With an ETag: who has it asks whether it is still so."""
    answer = Response(text, content_type=f"{kind}; charset=utf-8")
    answer.headers["Cache-Control"] = KEPT
    answer.add_etag()
    answer.make_conditional(request)
    return answer
