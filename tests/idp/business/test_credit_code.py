"""GB 32100, by example and by property."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.business.credit_code import (
    ALPHABET,
    SANDBOX_REGION,
    CreditCode,
    InvalidCode,
    Reason,
    check_character,
    compose,
    parse,
)
from idp.business.former_codes import gb_11714
from idp.business.organisation_kinds import OrganisationType

# In public use as examples of the standard, or of well-known organisations.
KNOWN = ("91350100M000100Y43", "91110000600037341L", "91110108551385082Q", "12100000400010275N")

categories = st.text(ALPHABET, min_size=2, max_size=2)
regions = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)
inner = st.text(ALPHABET, min_size=9, max_size=9)
codes = st.builds(compose, categories, regions, inner)


def refusal(text: str) -> InvalidCode:
    with pytest.raises(InvalidCode) as caught:
        parse(text)
    return caught.value


class TestCodes:
    @pytest.mark.parametrize("text", KNOWN)
    def test_codes_that_are_in_use(self, text: str) -> None:
        code = parse(text)
        assert (code.value, code.organisation_code_checks, code.region_is_known) == (text, True, True)

    def test_what_its_places_say(self) -> None:
        code = parse("91350100M000100Y43")
        assert (code.type, code.region_code) == (OrganisationType.ENTERPRISE, "350100")
        assert code.organisation_code == "M000100Y4"

    @given(categories, regions, inner)
    def test_what_is_composed_is_read_back(self, category: str, region: str, own: str) -> None:
        code = parse(compose(category, region, own))
        assert code.value == category + region + own + check_character(category + region + own)
        assert (code.region_code, code.organisation_code) == (region, own)
        assert parse(code.value) == code

    @given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
    def test_every_wrong_character_is_found(self, code: str, place: int, character: str) -> None:
        wrong = code[:place] + character + code[place + 1 :]
        if wrong != code:
            assert refusal(wrong).reason in (Reason.CHECK_CHARACTER, Reason.REGION, Reason.RESIDENT_NUMBER)

    @given(codes, st.integers(0, 16))
    def test_every_swap_of_neighbours_is_found(self, code: str, place: int) -> None:
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if swapped != code:
            assert refusal(swapped).reason in (Reason.CHECK_CHARACTER, Reason.REGION, Reason.RESIDENT_NUMBER)

    @given(codes, st.integers(0, 17))
    def test_exactly_one_character_fits_each_place(self, code: str, place: int) -> None:
        fits = []
        for character in "0123456789" if 2 <= place < 8 else ALPHABET:
            try:
                fits.append(parse(code[:place] + character + code[place + 1 :]).value)
            except InvalidCode:
                continue
        assert fits == [code]

    @pytest.mark.parametrize(("category", "kind"), [
        ("11", OrganisationType.GOVERNMENT_BODY), ("12", OrganisationType.PUBLIC_INSTITUTION),
        ("13", OrganisationType.MASS_ORGANISATION), ("31", OrganisationType.LEGAL_SERVICE),
        ("51", OrganisationType.SOCIAL_ORGANISATION), ("52", OrganisationType.PRIVATE_NON_ENTERPRISE),
        ("53", OrganisationType.FOUNDATION), ("62", OrganisationType.REPRESENTATIVE_OFFICE),
        ("71", OrganisationType.RELIGIOUS_BODY), ("81", OrganisationType.TRADE_UNION),
        ("91", OrganisationType.ENTERPRISE), ("92", OrganisationType.INDIVIDUAL_BUSINESS),
        ("93", OrganisationType.FARMERS_COOPERATIVE), ("A1", OrganisationType.PUBLIC_INSTITUTION),
        ("N2", OrganisationType.RURAL_COLLECTIVE), ("Y1", OrganisationType.OTHER),
    ])  # fmt: skip
    def test_authorities_and_classes(self, category: str, kind: OrganisationType) -> None:
        assert parse(compose(category, "110108", "MA0000010")).type is kind


class TestAdvice:
    """What is unusual and refuses nobody."""

    @given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8))
    def test_the_inner_check_is_advice(self, body: str) -> None:
        right = gb_11714(body)
        wrong = "0" if right != "0" else "1"
        assert parse(compose("91", "110108", body + right)).organisation_code_checks
        assert not parse(compose("91", "110108", body + wrong)).organisation_code_checks

    def test_an_authority_that_is_not_in_the_table_is_advice(self) -> None:
        assert parse(compose("X7", "110108", "MA0000010")).type is None

    def test_a_region_that_is_not_there_any_more_is_advice(self) -> None:
        assert not parse(compose("91", "990000", "MA0000010")).region_is_known
        assert parse(compose("11", "100000", "MA0000010")).region_is_known

    def test_the_sandbox_is_in_no_region(self) -> None:
        code = parse(compose("91", SANDBOX_REGION, "YT0000010"))
        assert (code.is_sandbox, code.region_is_known) == (True, False)
        assert not any(parse(text).is_sandbox for text in KNOWN)


class TestNormalisation:
    @pytest.mark.parametrize("text", [
        "91350100m000100y43",
        " 9135 0100 M000 100Y 43\n",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91-350100-M000100Y4-3",
        "91350100－M000100Y\u20114-3",
        "\ufeff91350100\u200bM000100Y43",
    ])  # fmt: skip
    def test_what_people_type(self, text: str) -> None:
        assert parse(text).value == "91350100M000100Y43"

    @given(codes, st.data())
    def test_separators_and_case_change_nothing(self, code: str, data: st.DataObject) -> None:
        gaps = data.draw(st.lists(st.sampled_from(["", " ", "-", "\u3000"]), min_size=17, max_size=17))
        typed = "".join(a + b for a, b in zip(code, [*gaps, ""], strict=True))
        if len(typed) <= 64:
            assert parse(typed.lower()).value == code

    def test_nothing_and_too_much(self) -> None:
        assert refusal("").reason is Reason.EMPTY
        assert refusal(" \u3000").reason is Reason.EMPTY
        assert refusal("9" * 17).reason is Reason.LENGTH
        assert refusal(" " * 100_000).reason is Reason.LENGTH
        assert refusal("91350100M000100Y4!").reason is Reason.CHARACTERS
        assert refusal("9135010AM000100Y43").reason is Reason.REGION


class TestLookAlikes:
    @pytest.mark.parametrize("typed", ["9135OIOOMOOOIOOY43", "9I350100M000100Y43", "9135o1oom000100y43"])
    def test_they_are_suggested_and_never_taken(self, typed: str) -> None:
        refused = refusal(typed)
        assert refused.reason is Reason.CHARACTERS
        assert refused.suggestion == "91350100M000100Y43"

    def test_what_would_not_be_a_code_either_is_not_suggested(self) -> None:
        assert refusal("9135OIOOMOOOIOOY44").suggestion is None

    @given(codes, st.data())
    def test_a_suggestion_is_always_a_code(self, code: str, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, 17))
        typed = code[:place] + data.draw(st.sampled_from("IOSVZ")) + code[place + 1 :]
        refused = refusal(typed)
        assert refused.reason is Reason.CHARACTERS
        assert refused.suggestion is None or parse(refused.suggestion).value != typed


class TestFormerCodes:
    def test_an_organisation_code_is_told_apart(self) -> None:
        assert refusal("D2143569-X").reason is Reason.FORMER_ORGANISATION_CODE
        assert refusal("D21435691").reason is Reason.LENGTH

    def test_a_registration_number_is_told_apart(self) -> None:
        assert refusal("110108000000016").reason is Reason.FORMER_REGISTRATION_NUMBER
        assert refusal("110108000000017").reason is Reason.LENGTH

    def test_a_persons_number_is_told_apart(self) -> None:
        assert refusal("11010519491231002X").reason is Reason.RESIDENT_NUMBER


class TestSilence:
    @given(st.one_of(st.text(), st.from_regex(r"[0-9A-Z]{18}", fullmatch=True)))
    def test_junk_is_refused_with_a_reason_and_nothing_else(self, text: str) -> None:
        try:
            code: CreditCode = parse(text)
        except InvalidCode as error:
            refused = error
        else:
            assert code == parse(code.value)
            return
        assert str(refused) == refused.reason.value
        assert repr(refused) == f"InvalidCode({refused.reason.value!r})"

    @given(codes)
    def test_no_way_of_printing_shows_the_code(self, text: str) -> None:
        code = parse(text)
        shown = f"{code} {code!r} {[code]} %s" % code
        assert not re.search(r"[0-9A-Z]{5}", shown)
        assert code.masked == text[:2] + "*" * 12 + text[-4:]
