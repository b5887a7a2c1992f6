"""Sealed values open in their own place alone, and keys change without losing rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.crypto.fields import BlindIndex, CannotOpen, FieldCipher
from idp.crypto.master_key import KeyRing

OLD = KeyRing("a", {"a": bytes(32)})
NEW = KeyRing("b", {"a": bytes(32), "b": bytes(range(32))})


@given(st.text(), st.text(max_size=40))
def test_what_was_sealed_opens(plain: str, context: str) -> None:
    cipher = FieldCipher(NEW)
    assert cipher.open_text(cipher.seal(plain, context=context), context=context) == plain


@given(st.binary(max_size=64), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_noticed(plain: bytes, place: int, flip: int) -> None:
    cipher = FieldCipher(NEW)
    sealed = bytearray(cipher.seal(plain, context="x"))
    sealed[place % len(sealed)] ^= flip
    with pytest.raises(CannotOpen):
        cipher.open(bytes(sealed), context="x")


@given(st.binary(max_size=64))
def test_junk_is_refused_without_being_shown(junk: bytes) -> None:
    with pytest.raises(CannotOpen):
        FieldCipher(NEW).open(junk, context="x")


def test_a_value_moved_to_another_row_does_not_open() -> None:
    cipher = FieldCipher(OLD)
    sealed = cipher.seal("甲", context="person.name:1")
    with pytest.raises(CannotOpen):
        cipher.open(sealed, context="person.name:2")


def test_an_older_key_opens_and_asks_for_re_encryption() -> None:
    sealed = FieldCipher(OLD).seal("甲", context="x")
    cipher = FieldCipher(NEW)
    assert cipher.open_text(sealed, context="x") == "甲"
    assert not cipher.is_current(sealed)
    assert cipher.is_current(cipher.seal("甲", context="x"))


def test_a_key_that_is_gone_is_named() -> None:
    sealed = FieldCipher(NEW).seal("甲", context="x")
    with pytest.raises(CannotOpen, match="'b'"):
        FieldCipher(OLD).open(sealed, context="x")


def test_the_same_value_is_never_sealed_alike() -> None:
    cipher = FieldCipher(OLD)
    assert cipher.seal("甲", context="x") != cipher.seal("甲", context="x")


def test_the_index_depends_on_key_kind_and_value() -> None:
    index = BlindIndex(b"1" * 32, b"2" * 32)
    values = {
        index.of("number", "1"),
        index.of("phone", "1"),
        index.of("number", "2"),
        index.next_of("number", "1"),
    }
    assert len(values) == 4
    assert BlindIndex(b"1" * 32).next_of("number", "1") is None
