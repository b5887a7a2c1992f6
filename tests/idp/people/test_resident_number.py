"""GB 11643 and its relatives, by example and by property."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from idp.people.check_characters import icao_7_3_1, mod_11_2
from idp.people.resident_number import (
    InvalidNumber,
    Kind,
    Reason,
    ResidentNumber,
    Sex,
    compose,
    normalise,
    parse,
)

TODAY = date(2026, 11, 22)

addresses = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True).filter(lambda code: code[0] != "9")
births = st.dates(date(1880, 1, 1), TODAY)
sequences = st.integers(0, 999)
numbers = st.builds(compose, addresses, births, sequences)
former_bodies = st.builds(
    lambda nation, address, born, sequence: f"{nation}{address:04d}{born:%y%m%d}{sequence}",
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3),
    st.integers(0, 9999),
    st.dates(date(1924, 1, 1), date(2023, 11, 30)),
    st.integers(0, 9),
)


def refusal(text: str, today: date = TODAY) -> Reason:
    with pytest.raises(InvalidNumber) as caught:
        parse(text, today)
    return caught.value.reason


class TestResidents:
    def test_the_examples_of_the_standard(self) -> None:
        # GB 11643-1999 gives these two.
        man = parse("11010519491231002X", TODAY)
        assert (man.kind, man.birth_date, man.sex) == (Kind.RESIDENT, date(1949, 12, 31), Sex.FEMALE)
        boy = parse("440524188001010014", TODAY)
        assert (boy.birth_date, boy.sex, boy.address_code) == (date(1880, 1, 1), Sex.MALE, "440524")

    @given(addresses, births, sequences)
    def test_what_is_composed_is_read_back(self, address: str, born: date, sequence: int) -> None:
        number = parse(compose(address, born, sequence), TODAY)
        assert (number.address_code, number.birth_date) == (address, born)
        assert number.sex is (Sex.MALE if sequence % 2 else Sex.FEMALE)
        assert parse(number.value, TODAY) == number

    @given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
    def test_every_wrong_character_is_found(self, number: str, place: int, character: str) -> None:
        wrong = number[:place] + character + number[place + 1 :]
        if wrong != number:
            assert refusal(wrong) in (Reason.CHECK_CHARACTER, Reason.CHARACTERS)

    @given(numbers, st.integers(0, 16))
    def test_every_swap_of_neighbours_is_found(self, number: str, place: int) -> None:
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            assert refusal(swapped) in (Reason.CHECK_CHARACTER, Reason.CHARACTERS)

    @pytest.mark.parametrize(("born", "reason"), [
        ("19900230", Reason.BIRTH_DATE),
        ("19001301", Reason.BIRTH_DATE),
        ("00000101", Reason.BIRTH_DATE),
        ("20261123", Reason.BIRTH_DATE_IN_FUTURE),
        ("18751231", Reason.BIRTH_DATE_TOO_EARLY),
    ])  # fmt: skip
    def test_birth_dates_are_real_past_and_of_a_possible_life(self, born: str, reason: Reason) -> None:
        body = f"110101{born}001"
        assert refusal(body + mod_11_2(body)) is reason

    def test_somebody_born_today_has_a_number_and_tomorrow_nobody(self) -> None:
        assert parse(compose("110101", TODAY, 1), TODAY).age_on(TODAY) == 0
        assert refusal(compose("110101", TODAY + timedelta(days=1), 1)) is Reason.BIRTH_DATE_IN_FUTURE

    def test_an_unknown_address_is_advice_and_no_refusal(self) -> None:
        assert not parse(compose("199999", date(1990, 1, 1), 1), TODAY).region_is_known
        assert parse(compose("110101", date(1990, 1, 1), 1), TODAY).region_is_known


class TestLegacyNumbers:
    @given(addresses.filter(lambda code: code[0] != "8"), st.dates(date(1900, 1, 1), date(1999, 9, 30)),
           st.integers(0, 995))  # fmt: skip
    def test_fifteen_and_eighteen_digits_are_one_number(
        self, address: str, born: date, sequence: int
    ) -> None:
        legacy = f"{address}{born:%y%m%d}{sequence:03d}"
        assert parse(legacy, TODAY) == parse(compose(address, born, sequence), TODAY)

    @given(st.dates(date(1876, 1, 1), date(1899, 12, 31)), st.integers(996, 999))
    def test_the_last_four_sequences_were_kept_for_centenarians(self, born: date, sequence: int) -> None:
        legacy = f"110101{born:%y%m%d}{sequence}"
        assert parse(legacy, TODAY) == parse(compose("110101", born, sequence), TODAY)

    def test_impossible_dates_are_refused_without_a_check_character(self) -> None:
        assert refusal("110101900230001") is Reason.BIRTH_DATE
        assert refusal("110101050101996") is Reason.BIRTH_DATE_TOO_EARLY

    @pytest.mark.parametrize("text", ["810000900101001", "999999900101001"])
    def test_later_kinds_of_number_have_no_short_form(self, text: str) -> None:
        assert refusal(text) is Reason.LENGTH


class TestPermitsAndForeigners:
    @pytest.mark.parametrize(("address", "kind"), [
        ("810000", Kind.HONG_KONG), ("820000", Kind.MACAO), ("830000", Kind.TAIWAN),
    ])  # fmt: skip
    def test_residents_of_hong_kong_macao_and_taiwan(self, address: str, kind: Kind) -> None:
        number = parse(compose(address, date(1994, 8, 23), 2), TODAY)
        assert (number.kind, number.region_is_known, number.is_sandbox) == (kind, True, False)

    def test_a_foreigners_number_of_the_2023_card(self) -> None:
        number = parse(compose("931840", date(1981, 2, 3), 15), TODAY)
        assert (number.kind, number.sex, number.region_is_known) == (Kind.FOREIGNER, Sex.MALE, True)
        assert not parse(compose("998840", date(1981, 2, 3), 15), TODAY).region_is_known

    @given(former_bodies)
    def test_the_former_card_is_read_back(self, body: str) -> None:
        number = parse(body + icao_7_3_1(body), TODAY)
        assert number.kind is Kind.FOREIGNER_FORMER_CARD
        assert f"{number.birth_date:%y%m%d}" == body[7:13]
        assert date(1923, 12, 1) <= number.birth_date <= date(2023, 11, 30)
        assert (number.sex, number.address_code) == (None, body[3:7])

    @given(former_bodies, st.integers(3, 14), st.sampled_from("0123456789"))
    def test_every_wrong_digit_of_a_former_card_is_found(self, body: str, place: int, digit: str) -> None:
        number = body + icao_7_3_1(body)
        wrong = number[:place] + digit + number[place + 1 :]
        if wrong != number:
            assert refusal(wrong) is Reason.CHECK_CHARACTER

    def test_the_travel_document_example(self) -> None:
        # ICAO Doc 9303 part 4, the specimen of Utopia: document number, birth date and optional data.
        assert [icao_7_3_1(text) for text in ("L898902C3", "740812", "120415")] == ["6", "2", "9"]


class TestNormalisation:
    @pytest.mark.parametrize("text", [
        "11010519491231002x",
        " 110105 19491231 002X\n",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105　19491231　002ｘ",
        "110105-19491231-002X",
        "110105\u201119491231－002X",
        "\ufeff110105\u200b19491231\u200e002Ⅹ",
    ])  # fmt: skip
    def test_what_people_type(self, text: str) -> None:
        assert parse(text, TODAY).value == "11010519491231002X"

    @pytest.mark.parametrize("text", [
        "-11010519491231002X",
        "11010519491231002X-",
        "110105--19491231002X",
        "1101051949123100²X",
        "①1010519491231002X",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "11010519491231002Х",  # a Cyrillic letter
    ])  # fmt: skip
    def test_what_is_no_slip_of_the_keyboard(self, text: str) -> None:
        assert refusal(text) in (Reason.LENGTH, Reason.CHARACTERS)

    @given(st.text(max_size=80))
    @example("1-\u200b-2")
    @example("1- -2")
    def test_normalising_twice_changes_nothing(self, text: str) -> None:
        assert normalise(normalise(text)) == normalise(text)

    @given(numbers, st.data())
    def test_separators_change_nothing(self, number: str, data: st.DataObject) -> None:
        gaps = data.draw(
            st.lists(st.sampled_from(["", " ", "-", "\u3000", "\u200b"]), min_size=17, max_size=17)
        )
        typed = "".join(a + b for a, b in zip(number, [*gaps, ""], strict=True)).lower()
        assert normalise(typed) == number

    def test_nothing_and_too_much(self) -> None:
        assert refusal("") is Reason.EMPTY
        assert refusal(" \u3000\u200b") is Reason.EMPTY
        assert refusal("1" * 17) is Reason.LENGTH
        assert refusal(" " * 100_000) is Reason.LENGTH
        assert refusal("11010519491231002Y") is Reason.CHARACTERS


class TestSilence:
    @given(st.one_of(st.text(), st.from_regex(r"[0-9A-Z]{15,18}", fullmatch=True)))
    def test_junk_is_refused_with_a_reason_and_nothing_else(self, text: str) -> None:
        try:
            number = parse(text, TODAY)
        except InvalidNumber as error:
            refused = error
        else:
            assert number == parse(number.value, TODAY)
            return
        assert str(refused) == refused.reason.value
        assert refused.__cause__ is None

    def test_an_impossible_date_leaves_no_trace_in_the_error(self) -> None:
        with pytest.raises(InvalidNumber) as caught:
            parse("110101900230001", TODAY)
        assert caught.value.__suppress_context__

    @given(numbers)
    def test_no_way_of_printing_shows_the_number(self, text: str) -> None:
        number = parse(text, TODAY)
        shown = f"{number} {number!r} {[number]} %s" % number
        assert not re.search(r"[0-9]{4}", shown)
        assert number.masked == text[0] + "*" * 16 + text[-1]


class TestSandbox:
    @pytest.mark.parametrize("address", ["000000", "819999", "829999", "839999", "900840"])
    def test_sandbox_numbers_are_in_regions_that_do_not_exist(self, address: str) -> None:
        number = parse(compose(address, date(1990, 1, 1), 1), TODAY)
        assert number.is_sandbox
        assert not number.region_is_known

    def test_sandbox_number_of_a_former_card(self) -> None:
        assert parse("UTO0000900101" + "1" + icao_7_3_1("UTO00009001011"), TODAY).is_sandbox

    @given(numbers)
    def test_real_regions_are_not_sandbox(self, text: str) -> None:
        number = parse(text, TODAY)
        assert not (number.is_sandbox and number.region_is_known)


@pytest.mark.parametrize(("today", "age"), [
    (date(2013, 2, 28), 12), (date(2013, 3, 1), 13), (date(2016, 2, 28), 15), (date(2016, 2, 29), 16),
])  # fmt: skip
def test_age_of_somebody_born_on_29_february(today: date, age: int) -> None:
    number: ResidentNumber = parse(compose("110101", date(2000, 2, 29), 1), today)
    assert number.age_on(today) == age
