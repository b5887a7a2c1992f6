"""Message catalogues, read from .po text at first use."""

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent.parent / "translations"
BABEL_LOCALES = {"zh-CN": "zh_CN", "zh-Hant": "zh_Hant", "en": "en"}
TAGS = tuple(BABEL_LOCALES)
TRANSLATED = tuple(tag for tag in TAGS if tag != "en")


def po_file(tag: str) -> Path:
    return DIRECTORY / f"{BABEL_LOCALES[tag]}.po"


@lru_cache(maxsize=len(TAGS))
def translations(tag: str) -> NullTranslations:
    """English is what the code says. Reading one takes some tens of milliseconds, once a process."""
    if tag not in TRANSLATED:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with po_file(tag).open("rb") as source:
        catalogue = read_po(source, locale=BABEL_LOCALES[tag])
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
