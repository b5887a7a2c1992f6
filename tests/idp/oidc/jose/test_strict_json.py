"""JSON that others sent: one meaning, or none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.jose.strict_json import strict_object, strict_value

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, st.booleans())
def test_what_has_one_meaning_is_read(value: object, ascii_alone: bool) -> None:
    assert strict_value(json.dumps(value, ensure_ascii=ascii_alone).encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": -1e999}',
        b'{"a": "\\ud800"}',
        b'{"\\udc00": 1}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\xff"}',
        '{"a": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": 1} {}',
        b"",
        b"[1]",
        b"1" * 10_000,
    ],
)
def test_what_could_be_understood_in_two_ways_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):
        strict_object(text)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_refused(data: bytes) -> None:
    try:
        assert isinstance(strict_object(data), dict)
    except ValueError:
        return
