"""The library of a provider, from its settings and what it says of itself."""

import json
import logging
from collections.abc import Callable
from importlib.metadata import version

from idp.documentation.editions import BundleWrong, Edition, bundles, of_repository
from idp.documentation.library import Library
from idp.documentation.reference import reference
from idp.documentation.reference.explained import Facts
from idp.locales.catalogues import translations
from idp.settings import ROOT, Settings, SettingsWrong

DOCS = ROOT / "docs"
log = logging.getLogger("idp")


def open_library(settings: Settings, metadata: Callable[[], bytes]) -> Library:
    """`metadata`: the discovery document."""
    return Library(lambda: current_edition(settings.issuer, metadata()), lambda: _older(settings))


def check(settings: Settings) -> None:
    """Raises SettingsWrong where an older version cannot be read."""
    folder = settings.documentation.bundles_directory
    try:
        bundles(settings.path(folder) if folder else None)
    except BundleWrong as wrong:
        raise SettingsWrong(f"documentation.bundles_directory: {wrong}") from None


def _older(settings: Settings) -> list[Edition]:
    """None where one cannot be read: the current version is shown all the same."""
    folder = settings.documentation.bundles_directory
    try:
        return bundles(settings.path(folder) if folder else None)
    except BundleWrong as wrong:
        log.error("documentation: older versions are not shown: %s", wrong)  # noqa: TRY400 - its words say all
        return []


def current_edition(issuer: str, metadata: bytes) -> Edition:
    facts = Facts(issuer, DOCS, json.loads(metadata))
    tables = reference(DOCS, facts)
    return of_repository(
        DOCS, version("yitong"), issuer, tables, lambda words, tag: translations(tag).gettext(words)
    )
