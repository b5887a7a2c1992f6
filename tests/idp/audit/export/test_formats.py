"""Events as other programs read them: JSON Lines, CSV, CEF."""

import csv as reader
import json
import re
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.audit.export import FORMATS
from idp.audit.export.cef import in_extension, in_header
from idp.audit.export.csv import HEADER
from idp.audit.export.product import RELEASE
from idp.audit.recorded import Recorded

PERSON = "01890a5d-ac96-774b-bcce-b302099a8057"
EVENT = Recorded(
    place=(7, 8),
    id="01890a5d-ac96-774b-bcce-b302099a8058",
    at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    name="sign_in_refused",
    version=1,
    person_id=PERSON,
    client_id="hall",
    request_id="req-1",
    address="203.0.113.7",
    device="d" * 43,
    interaction_id=None,
    actor=None,
    fields={"method": "pwd", "reason": "wrong-password", "methods": ["a", "b"]},
)


def changed(**values: Any) -> Recorded:
    given = {name: getattr(EVENT, name) for name in EVENT.__slots__}
    return Recorded(**{**given, **values})


def line(format_: str, event: Recorded) -> str:
    return list(FORMATS[format_]([event]))[-1]


@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_is_asked_for_before_it_is_needed(format_: str) -> None:
    """A log of any size goes through: a line leaves before the next event is read."""
    asked: list[int] = []

    def events() -> Any:
        for number in range(3):
            asked.append(number)
            yield EVENT

    lines = FORMATS[format_](events())
    next(lines)
    assert len(asked) <= 1


def test_json_lines() -> None:
    found = json.loads(line("jsonl", EVENT))
    assert found == {
        "id": EVENT.id,
        "at": "2026-01-02T03:04:05.678901Z",
        "name": "sign_in_refused",
        "version": 1,
        "person_id": PERSON,
        "client_id": "hall",
        "request_id": "req-1",
        "address": "203.0.113.7",
        "device": "d" * 43,
        "fields": {"method": "pwd", "methods": ["a", "b"], "reason": "wrong-password"},
        "xid": 7,
        "seq": 8,
    }


def test_csv() -> None:
    text = "".join(FORMATS["csv"]([EVENT]))
    assert text.endswith("\r\n")
    (row,) = reader.DictReader(StringIO(text, newline=""))
    assert tuple(row) == HEADER
    assert (row["xid"], row["seq"], row["at"]) == ("7", "8", "2026-01-02T03:04:05.678901Z")
    assert (row["actor"], row["client_id"]) == ("", "hall")
    assert json.loads(row["fields"]) == EVENT.fields


@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_comes_back_out_of_csv_and_is_no_formula(value: str) -> None:
    text = "".join(FORMATS["csv"]([changed(client_id=value)]))
    (row,) = reader.DictReader(StringIO(text, newline=""))
    assert row["client_id"].removeprefix("'") == value.removeprefix("'")
    assert not row["client_id"].startswith(("=", "+", "-", "@", "\t", "\r", "\n", *"＝＋－＠"))


def test_cef() -> None:
    assert line("cef", EVENT) == (
        f"CEF:0|Yitong|Identity Provider|{RELEASE}|sign_in_refused|Sign in refused|3|"
        "rt=1767323045679 externalId=01890a5d-ac96-774b-bcce-b302099a8058 cat=Authentication outcome=Failure"
        f" reason=wrong-password suid={PERSON} src=203.0.113.7 cs1=hall cs1Label=client cs2={'d' * 43}"
        ' cs2Label=device cs3=req-1 cs3Label=request YitongMethod=pwd YitongMethods=["a","b"]'
        " YitongReason=wrong-password\n"
    )


def test_cef_of_ipv6_and_of_who_acts_for_somebody() -> None:
    _, extension = parsed(line("cef", changed(address="2001:db8::1", actor="operator")))
    assert extension["c6a2"] == "2001:db8::1"
    assert extension["c6a2Label"] == "Source IPv6 Address"
    assert "src" not in extension
    assert (extension["suid"], extension["duid"]) == ("operator", PERSON)


PART = r"((?:[^|\\\n]|\\[|\\])*)"
RECORD = re.compile("CEF:0" + rf"\|{PART}" * 6 + r"\|(.*)\n")
PAIR = re.compile(r"(?:^| )([A-Za-z0-9]+)=((?:[^=\\\n]|\\[=\\nr])*?)(?= [A-Za-z0-9]+=|$)")
ESCAPED = re.compile(r"\\(.)")


def parsed(record: str) -> tuple[list[str], dict[str, str]]:
    """As the specification has it read: six parts between pipes that are not escaped, then keys that stand
    before equals signs that are not escaped."""
    found = RECORD.fullmatch(record)
    assert found is not None
    *header, extension = found.groups()
    assert PAIR.sub("", extension) == ""
    ends = {"n": "\n", "r": "\r"}
    return [ESCAPED.sub(r"\1", part) for part in header], {
        key: ESCAPED.sub(lambda escape: ends.get(escape[1], escape[1]), value)
        for key, value in PAIR.findall(extension)
    }


PRINTED = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]) | st.sampled_from("|=\\")
)


@given(name=PRINTED, value=st.text(st.sampled_from("|=\\\n\rab")) | PRINTED)
def test_any_text_comes_back_out_of_cef(name: str, value: str) -> None:
    record = line("cef", changed(name=name, fields={"some_field": value, "z": "end"}))
    header, extension = parsed(record)
    assert header[3] == name
    # A space before a word and an equals sign would be a key, were the sign not escaped.
    assert extension["YitongSomeField"] == value
    assert extension["YitongZ"] == "end"


@given(value=st.text(st.characters(codec="utf-8")))
def test_no_text_forges_a_record_or_a_key_of_cef(value: str) -> None:
    """A client's id with an end of line or `suid=` in it says nothing for us."""
    for escaped in (in_header(value), in_extension(value)):
        assert len(f"x{escaped}x".splitlines()) == 1
    assert not re.search(r"(?<!\\)(?:\\\\)*=", in_extension(value))
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", in_header(value))
    header, extension = parsed(line("cef", changed(client_id=f"x suid=y|{value}", name=f"|{value}")))
    assert extension["suid"] == PERSON
    assert len(header) == 6
