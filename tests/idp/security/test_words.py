"""Whatever the log can say, the desk says in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from idp.audit.events import CATALOGUE
from idp.audit.recorded import COLUMNS, Recorded
from idp.locales.catalogues import TRANSLATED, translations
from idp.security.words import SENTENCES, in_words, told, went
from idp.security.words.fields import LABELS

SAID = {"xid", "seq", "id", "at", "name", "payload"}
AT = datetime(2026, 11, 22, tzinfo=UTC)


def recorded(name: str, **fields: object) -> Recorded:
    columns: dict[str, Any] = dict.fromkeys(column.name for column in COLUMNS if column.name not in SAID)
    return Recorded(place=(0, 1), id="1", at=AT, name=name, version=1, fields=dict(fields), **columns)


def test_every_event_of_the_catalogue_has_its_sentence_and_there_is_no_other() -> None:
    assert set(CATALOGUE) == set(SENTENCES)


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_there_in_every_language(tag: str) -> None:
    assert [text for text in SENTENCES.values() if translations(tag).gettext(text) == text] == []


def test_no_two_events_have_one_sentence() -> None:
    assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_every_field_of_the_catalogue_has_its_label() -> None:
    fields = {name for declared in CATALOGUE.values() for name, _kinds in declared.kinds}
    assert fields - set(LABELS) == set()


def test_levels_and_factors_are_told_in_words() -> None:
    shown = recorded("signed_in", level=3, methods=["pwd", "face"], session_id="x")
    assert list(told(shown)) == [("Level", "level 3"), ("Methods", "password, face")]


def test_what_nobody_put_into_words_is_shown_as_it_is() -> None:
    assert in_words("reason", "of_another_world") == "of_another_world"
    assert list(told(recorded("of_another_world"))) == []


def test_how_it_went() -> None:
    assert [went(recorded(name)) for name in ("signed_in", "sign_in_refused", "code_replayed")] == [
        *("good", "bad", "grave"),
    ]


def test_a_code_means_what_its_event_and_field_say() -> None:
    assert in_words("rule", "revoked", "licence_refused") == "Revoked"
    assert in_words("reason", "attack", "measure_taken") == "An attack is going on"
    assert in_words("reason", "expired", "face_refused") != in_words("reason", "expired", "sign_in_refused")
    assert in_words("outcome", "confirmed_attack", "case_closed") == "An attack"
    assert in_words("rule", "of-another-world", "alert_raised") == "of-another-world"
