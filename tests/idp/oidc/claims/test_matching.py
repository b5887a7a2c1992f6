"""Templates of verification: what is asked for comes, what is demanded is so, or nothing comes at all."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.claims.matching import NotMet, select

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
OFFERED: dict[str, Any] = {
    "trust_framework": "cn_yitong",
    "assurance_level": "urn:yitong:acr:3",
    "time": "2026-11-22T07:59:00Z",
    "evidence": [
        {
            "type": "electronic_record",
            "check_details": [{"check_method": "data", "time": "2025-01-01T00:00:00Z"}],
            "record": {"type": "population_register", "source": {"country_code": "CHN"}},
        },
        {
            "type": "electronic_record",
            "check_details": [{"check_method": "bvr", "check_id": "c"}],
            "attachments": [{"content_type": "application/jwt", "content": "AA==", "desc": "d"}],
        },
    ],
}
RECORD = {"type": {"value": "electronic_record"}}

templates = st.recursive(
    st.none(),
    lambda inner: st.dictionaries(
        st.sampled_from([*OFFERED, "type", "check_details", "check_method", "record", "attachments", "ial"]),
        inner | st.lists(inner.filter(lambda one: one is not None), min_size=1, max_size=3),
        max_size=4,
    ),
    max_leaves=15,
)


def chosen(template: Any) -> Any:
    return select(template, OFFERED, NOW)


def is_part(found: Any, offered: Any) -> bool:
    """Every value of `found` is there in `offered`, at its place."""
    if isinstance(found, dict):
        return isinstance(offered, dict) and all(
            name in offered and is_part(value, offered[name]) for name, value in found.items()
        )
    if isinstance(found, list):
        return isinstance(offered, list) and all(any(is_part(a, b) for b in offered) for a in found)
    return bool(found == offered)


@given(templates)
def test_without_demands_all_that_comes_is_part_of_what_there_is(template: Any) -> None:
    assert is_part(chosen(template), OFFERED)


def test_what_is_asked_for_comes_and_nothing_else() -> None:
    assert chosen({"trust_framework": None}) == {"trust_framework": "cn_yitong"}
    assert chosen({"trust_framework": None, "ial": None, "assurance_level": {"essential": True}}) == {
        "trust_framework": "cn_yitong",
        "assurance_level": "urn:yitong:acr:3",
    }


def test_evidence_is_filtered_and_cut_to_its_template() -> None:
    only_data = {**RECORD, "check_details": [{"check_method": {"value": "data"}}]}
    assert chosen({"evidence": [only_data]}) == {
        "evidence": [{"type": "electronic_record", "check_details": [{"check_method": "data"}]}]
    }
    assert chosen({"evidence": [{**RECORD, "attachments": [{"desc": None}]}]})["evidence"] == [
        {"type": "electronic_record"},
        {"type": "electronic_record", "attachments": OFFERED["evidence"][1]["attachments"]},
    ]


def test_alternatives_add_up() -> None:
    found = chosen(
        {
            "evidence": [
                {**RECORD, "check_details": [{"check_method": {"value": "bvr"}, "check_id": None}]},
                {**RECORD, "record": {"type": {"value": "population_register"}}},
                {"type": {"value": "document"}},
            ]
        }
    )
    assert found["evidence"] == [
        {"type": "electronic_record", "record": {"type": "population_register"}},
        {"type": "electronic_record", "check_details": [{"check_method": "bvr", "check_id": "c"}]},
    ]


@pytest.mark.parametrize(
    "template",
    [
        {"trust_framework": {"value": "de_aml"}},
        {"trust_framework": {"values": ["de_aml", "eidas"]}},
        {"assurance_level": {"value": "urn:yitong:acr:4"}},
        {"ial": {"value": "2"}},
        {"evidence": [{"type": {"value": "document"}}]},
        {"evidence": [{**RECORD, "check_details": [{"check_method": {"value": "pipp"}}]}]},
        {"evidence": [{**RECORD, "record": {"source": {"country_code": {"value": "DEU"}}}}]},
        {"evidence": [{**RECORD, "method": {"value": "pipp"}}]},
        {"evidence": {"value": "x"}},
        {"evidence": [{**RECORD, "check_details": [{"check_id": {"value": "another"}}]}]},
        {"time": {"max_age": 59}},
        {"trust_framework": {"max_age": 60}},
        {"time": {"value": "2026-11-22T07:59:01Z"}},
    ],
)
def test_a_demand_that_is_not_met_leaves_nothing(template: Any) -> None:
    with pytest.raises(NotMet):
        chosen({"trust_framework": None, **template})


@pytest.mark.parametrize(
    "template",
    [
        {"trust_framework": {"value": "cn_yitong"}},
        {"trust_framework": {"values": ["eidas", "cn_yitong"], "essential": True, "purpose": "so"}},
        {"time": {"max_age": 60}},
        {"time": {"max_age": 60.5, "essential": True}},
    ],
)
def test_a_demand_that_is_met_gives_what_was_asked(template: Any) -> None:
    assert set(chosen(template)) == set(template)


def test_a_day_counts_from_its_last_second() -> None:
    born = {"date_of_issuance": "2026-11-21"}
    assert select({"date_of_issuance": {"max_age": 8 * 3600 + 1}}, born, NOW) == born
    with pytest.raises(NotMet):
        select({"date_of_issuance": {"max_age": 8 * 3600}}, born, NOW)
