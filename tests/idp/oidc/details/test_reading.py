"""RFC 9396 section 5: whatever is not exactly of its type is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.details.reading import DetailsRefused, canonical, read, standing
from tests.idp.oidc.details.asked import FEE, FEES, RECORD, SIGNATURE, TYPES, text, whole

AMOUNT = {"currency": "CNY", "amount": "123.50"}


def without(detail: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in detail.items() if key != name}


def test_what_is_asked_is_read_whole() -> None:
    assert whole(FEE, RECORD) == [
        FEE | {"locations": [FEES]},
        RECORD | {"locations": ["urn:yitong:sandbox:social-insurance"], "datatypes": ["pension", "medical"]},
    ]


def test_one_meaning_has_one_text() -> None:
    turned = dict(reversed(list(RECORD.items()))) | {"datatypes": ["pension", "medical"]}
    named = RECORD | {"locations": ["urn:yitong:sandbox:social-insurance"]}
    texts = {canonical(read(text(one), TYPES, TYPES.keys())) for one in (RECORD, turned, named)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "{",
        "null",
        "{}",
        "[]",
        "[1]",
        "[[]]",
        '["payment_of_fee"]',
        "[{}]",
        "[" * 2000,
        text({"type": 1}),
        text({"type": "payment_of_fees"}),
        text({"type": "Payment_of_fee"} | without(FEE, "type")),
        text(FEE | {"extra": 1}),
        text(FEE | {"actions": ["pay"]}),
        *(text(without(FEE, name)) for name in ("amount", "payee", "fee")),
        *(
            text(FEE | {"amount": value})
            for value in (
                "123.50",
                123.5,
                None,
                {},
                {"amount": "123.50"},
                AMOUNT | {"more": 1},
                AMOUNT | {"currency": "USD"},
                *(
                    AMOUNT | {"amount": amount}
                    for amount in (
                        *(
                            "123.5",
                            "123",
                            "0123.50",
                            "-1.00",
                            "+1.00",
                            "1e3",
                            "1,000.00",
                            "0.00",
                            "50000.01",
                            "NaN",
                        ),
                        *("１.00", " 1.00", "1.00\n", 1.00, "9" * 30 + ".00"),
                    )
                ),
            )
        ),
        *(
            text(FEE | {"payee": value})
            for value in ("", " ", 1, None, [], "x" * 61, "a\u202eb", "a\nb", "\u200b")
        ),
        *(
            text(FEE | {"due": value})
            for value in ("2026-13-01", "2026-1-1", "20260101", "2026-02-30", 20260101, "")
        ),
        *(
            text(FEE | {"locations": value})
            for value in ([], FEES, ["urn:other"], [FEES, FEES], [1], None, {})
        ),
        *(
            text(RECORD | {"datatypes": value})
            for value in ([], "pension", ["pension", "pension"], ["all"], [None])
        ),
        text(RECORD | {"to": "2024-12-31"}),
        *(text(SIGNATURE | {"digest": value}) for value in ("0A" * 32, "0a" * 31, "0g" * 32, "", 10)),
        text(SIGNATURE | {"role": "witness"}),
        text(SIGNATURE | {"role": ["applicant"]}),
        text(FEE, FEE),
        text(FEE, FEE | {"locations": [FEES]}),
        text(*(FEE | {"fee": f"fee {n}"} for n in range(9))),
        '[{"type":"payment_of_fee","type":"document_signature"}]',
        text(FEE).replace('"payee"', '"fee": "x", "payee"'),
        text(FEE).replace('"123.50"', "Infinity"),
        '[{"type":"payment_of_fee","payee":"\\ud800"}]',
        text(FEE | {"fee": "x" * 79}) + " " * 4096,
    ],
)
def test_what_is_not_exactly_of_its_type_is_refused(asked: str) -> None:
    with pytest.raises(DetailsRefused) as refused:
        read(asked, TYPES, TYPES.keys())
    assert "\u202e" not in str(refused.value)


def test_a_type_of_other_clients_is_no_type() -> None:
    with pytest.raises(DetailsRefused, match="not registered"):
        read(text(FEE), TYPES, ("document_signature",))


def test_what_was_kept_stands_as_far_as_it_is_possible() -> None:
    kept = canonical(read(text(FEE, RECORD), TYPES, TYPES.keys()))
    assert [one.type.type for one in standing(kept, TYPES, ("payment_of_fee",))] == ["payment_of_fee"]
    assert standing(kept, {}, TYPES.keys()) == ()


def test_less_is_covered_where_values_add_up_and_nothing_more_ever() -> None:
    def one(detail: dict[str, Any]) -> Any:
        return read(text(detail), TYPES, TYPES.keys())[0]

    record = one(RECORD)
    assert record.covers(record)
    assert record.covers(one(RECORD | {"datatypes": ["pension"]}))
    for wider in (
        RECORD | {"datatypes": ["pension", "medical", "injury"]},
        RECORD | {"from": "2024-01-01"},
        RECORD | {"from": "2025-02-01"},  # shorter, but days do not add up: ask for it
    ):
        assert not record.covers(one(wider))
    fee = one(FEE)
    assert not fee.covers(one(FEE | {"amount": {"currency": "CNY", "amount": "1.00"}}))
    assert not fee.covers(one(FEE | {"due": "2026-12-01"}))
    assert not one(FEE | {"due": "2026-12-01"}).covers(fee)
    assert not fee.covers(record)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("type", "amount", "payee", "fee", "due", "locations", "datatypes", "from", "to", "digest", "title")
DETAILS = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), JSON, max_size=5)
NEAR = st.sampled_from((FEE, RECORD, SIGNATURE))


@given(st.lists(st.tuples(NEAR, DETAILS).map(lambda pair: pair[0] | pair[1]), max_size=3))
def test_reading_refuses_or_says_the_same_again(asked: list[dict[str, Any]]) -> None:
    try:
        found = read(json.dumps(asked), TYPES, TYPES.keys())
    except DetailsRefused:
        return
    again = canonical(found)
    assert canonical(read(again, TYPES, TYPES.keys())) == again
    assert canonical(standing(again, TYPES, TYPES.keys())) == again
