"""The sample app's texts: complete in each language, and all of them used."""

import re
from pathlib import Path

from clients.licence_app.app import WORDS_OF
from clients.licence_app.locale import FOLDER, LOCALES, texts

ROOM = Path(FOLDER).parent


def test_every_language_says_everything() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LOCALES)
    for locale in LOCALES:
        assert list(texts(locale)) == list(texts("en")), locale
        assert all(text.strip() for text in texts(locale).values())


def test_every_text_is_used_and_every_text_that_is_used_is_there() -> None:
    named = {*WORDS_OF, "invalid_answer", "declined", "not_mine", "no_code", "no_licence"}
    named |= {"pin_wrong", "pin_locked", "link_other", "link_version", "link_provider"}
    named |= {"state_taken", "state_refused", "state_expired"}
    named |= {"network_same", "network_other", "network_unknown"}
    for path in (ROOM / "templates").glob("*.html"):
        named |= set(re.findall(r"\bt\.([a-z_]+)", path.read_text("utf-8")))
    assert named == set(texts("en"))
