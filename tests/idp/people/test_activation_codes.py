"""Codes of a clerk: once, for one number, for some days."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.crypto.fields import BlindIndex
from idp.people import activation_codes
from idp.people.activation_codes import ActivationCodes
from idp.people.models import ActivationCode
from tests.idp.people.conftest import NOW
from tests.idp.people.enrolling import NUMBER

OTHER = "110101198001010010"


@pytest.fixture
def codes(index: BlindIndex) -> ActivationCodes:
    return ActivationCodes(b"a" * 32, index)


def make(codes: ActivationCodes, session: Session, context: AuditContext, number: str = NUMBER) -> str:
    return codes.make(session, number, made_by="clerk-7", days=14, context=context)


def test_what_is_handed_over_and_what_is_kept(
    codes: ActivationCodes, session: Session, context: AuditContext
) -> None:
    code = make(codes, session, context)
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)
    row = session.scalars(select(ActivationCode)).one()
    assert (row.made_by, row.expires_at, row.used_at) == ("clerk-7", NOW + timedelta(days=14), None)
    assert code.replace("-", "") not in row.code_digest
    assert NUMBER not in row.number_index


def test_once_for_its_number(codes: ActivationCodes, session: Session, context: AuditContext) -> None:
    code = make(codes, session, context)
    assert codes.redeem(session, OTHER, code, NOW) is None
    code_id = codes.redeem(session, NUMBER, code, NOW)
    assert code_id == session.scalars(select(ActivationCode.id)).one()
    assert codes.redeem(session, NUMBER, code, NOW) is None


def test_as_people_read_it_from_paper(index: BlindIndex, session: Session, context: AuditContext) -> None:
    letters = iter("0O1L" * 100)
    codes = ActivationCodes(b"a" * 32, index, choose=lambda _: "01"[next(letters) in "1L"])
    code = make(codes, session, context)
    assert code == "0011-0011-0011"
    assert codes.redeem(session, NUMBER, " oOil 00l1\tO0iI", NOW) is not None


def test_until_it_expires(codes: ActivationCodes, session: Session, context: AuditContext) -> None:
    code = make(codes, session, context)
    assert codes.redeem(session, NUMBER, code, NOW + timedelta(days=14)) is None
    assert codes.redeem(session, NUMBER, code, NOW + timedelta(days=14, seconds=-1)) is not None


def test_a_new_one_ends_the_earlier_one(
    codes: ActivationCodes, session: Session, context: AuditContext
) -> None:
    first, other = make(codes, session, context), make(codes, session, context, OTHER)
    second = make(codes, session, context)
    assert codes.redeem(session, NUMBER, first, NOW) is None
    assert codes.redeem(session, NUMBER, second, NOW) is not None
    assert codes.redeem(session, OTHER, other, NOW) is not None


@pytest.mark.parametrize("typed", ["", "ABCD", "-" * 12, "0" * 12, "零" * 12, "A" * 10_000])
def test_anything_else(codes: ActivationCodes, session: Session, context: AuditContext, typed: str) -> None:
    make(codes, session, context)
    assert codes.redeem(session, NUMBER, typed, NOW) is None


def test_old_ones_are_dropped(codes: ActivationCodes, session: Session, context: AuditContext) -> None:
    make(codes, session, context)
    assert activation_codes.sweep(session, NOW + timedelta(days=13)) == 0
    assert activation_codes.sweep(session, NOW + timedelta(days=14)) == 1
    assert session.scalars(select(ActivationCode)).all() == []
