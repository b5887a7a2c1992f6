from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.staff import totp

SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 22, 8, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B has eight digits; six of them are the last six (RFC 4226 section 5.3)."""
    assert totp.code_at(SECRET, seconds // 30) == code[-6:]


@pytest.mark.parametrize(("aside", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_aside_counts(aside: int, counts: bool) -> None:
    step = totp.step_at(NOW) + aside
    code = totp.code_at(SECRET, step)
    assert (totp.step_of(SECRET, code, NOW, last=None) == step) is counts


def test_a_code_is_taken_once_and_none_of_before_it() -> None:
    step = totp.step_at(NOW)
    assert totp.step_of(SECRET, totp.code_at(SECRET, step), NOW, last=step) is None
    assert totp.step_of(SECRET, totp.code_at(SECRET, step - 1), NOW, last=step) is None
    later = NOW + timedelta(seconds=30)
    assert totp.step_of(SECRET, totp.code_at(SECRET, step + 1), later, last=step) == step + 1


def test_codes_as_people_type_them() -> None:
    code = totp.code_at(SECRET, totp.step_at(NOW))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    for typed in (f"{code[:3]} {code[3:]}", wide):
        assert totp.step_of(SECRET, typed, NOW, last=None) == totp.step_at(NOW)


@given(st.text())
def test_any_text_is_read(typed: str) -> None:
    totp.step_of(SECRET, typed, NOW, last=None)


def test_the_address_is_what_apps_read() -> None:
    address = totp.address(SECRET, "C-1042", "Yitong")
    assert address.startswith("otpauth://totp/Yitong%3AC-1042?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&")
    assert "&issuer=Yitong&algorithm=SHA1&digits=6&period=30" in address
