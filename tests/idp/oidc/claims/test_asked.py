"""The `claims` parameter: strict where we understand it, silent where the specification wants silence."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.claims.asked import (
    CHARACTERS_AT_MOST,
    ClaimAsked,
    ClaimsAsked,
    ClaimsRefused,
    is_same,
    read,
)
from idp.oidc.claims.units import FACE_RECEIPT, UNITS, VERIFICATION, of_claims, releasable
from idp.oidc.clients.fields.scope import SCOPES

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("userinfo", "id_token", "verified_claims", "verification", "claims", "evidence"),
                    *("trust_framework", "type", "check_details", "check_method", "attachments", "time"),
                    *("essential", "value", "values", "max_age", "name", "birthdate", "sub", "acr"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


def asked(document: Any) -> ClaimsAsked:
    return read(json.dumps(document))


def verified(**changes: Any) -> dict[str, Any]:
    one = {"verification": {"trust_framework": None}, "claims": {"name": None}} | changes
    return {"userinfo": {"verified_claims": one}}


@given(json_values)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        found = asked(value)
    except ClaimsRefused:
        return
    for member in found.members:
        assert all(isinstance(claim, ClaimAsked) for claim in member.claims.values())
    units = of_claims(found, ("openid",), SCOPES)
    assert set(units) <= set(UNITS)
    assert not units or any(found.members)


@given(st.text(max_size=60) | st.text('[{"}]:,', max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ClaimsRefused):
        assert isinstance(read(text), ClaimsAsked)


@given(st.text(min_size=1, max_size=8))
def test_a_refusal_quotes_nothing_that_may_not_stand_in_a_description(name: str) -> None:
    verification = {"trust_framework": None, name: {"max_age": -1}}
    with pytest.raises(ClaimsRefused) as caught:
        asked(verified(verification=verification))
    # RFC 6749 section 4.1.2.1
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", str(caught.value))


def test_claims_are_asked_with_what_they_must_be() -> None:
    found = asked(
        {
            "userinfo": {
                "name": None,
                "phone_number": {"essential": True, "value": "+8613800138000"},
                "picture": {"essential": True},
                "name#zh-CN": "anything",
            },
            "id_token": {"gender": {"values": ["female", "other"]}, "auth_time": {"essential": True}},
            "_claim_sources": 1,
        }
    )
    assert found.userinfo.claims == {
        "name": ClaimAsked(),
        "phone_number": ClaimAsked(essential=True, values=("+8613800138000",)),
    }
    assert found.id_token.claims["gender"].accepts("female")
    assert not found.id_token.claims["gender"].accepts("male")
    assert found.userinfo.claims["name"].accepts("anybody")


def test_acr_and_the_like_are_nothing_of_the_person() -> None:
    found = asked({"id_token": {"acr": {"value": "x"}, "auth_time": None, "sub": {"value": "y"}}})
    assert not any(found.members)
    assert of_claims(found, ("openid",), SCOPES) == {}


@pytest.mark.parametrize(
    "document",
    [
        [],
        3,
        {"userinfo": None},
        {"id_token": 1},
        {"userinfo": {"name": "x"}},
        {"userinfo": {"name": {"essential": "yes"}}},
        {"userinfo": {"name": {"value": "a", "values": ["a"]}}},
        {"userinfo": {"name": {"value": None}}},
        {"userinfo": {"name": {"value": {"a": 1}}}},
        {"userinfo": {"name": {"values": []}}},
        {"userinfo": {"name": {"values": "a"}}},
        {"userinfo": {"name": {"values": ["a"] * 33}}},
        {"userinfo": {"verified_claims": None}},
        {"userinfo": {"verified_claims": [1]}},
        verified(verification=None),
        verified(verification={}),
        verified(verification={"trust_framework": "cn_yitong"}),
        verified(claims=None),
        verified(claims={}),
        verified(claims={"name": 1}),
        verified(verification={"trust_framework": None, "evidence": None}),
        verified(verification={"trust_framework": None, "evidence": []}),
        verified(verification={"trust_framework": None, "evidence": [None]}),
        verified(verification={"trust_framework": None, "evidence": [{"type": None}]}),
        verified(verification={"trust_framework": None, "evidence": [{"type": {"values": ["document"]}}]}),
        verified(verification={"trust_framework": None, "time": {"max_age": -1}}),
        verified(verification={"trust_framework": None, "time": {"max_age": True}}),
        verified(verification={"trust_framework": None, "time": {"max_age": "60"}}),
        verified(verification={"trust_framework": None, "time": [1]}),
    ],
)
def test_what_we_know_and_cannot_understand_is_refused(document: Any) -> None:
    with pytest.raises(ClaimsRefused):
        asked(document)


@pytest.mark.parametrize(
    "text",
    [
        '{"userinfo": {}, "userinfo": {}}',
        '{"userinfo": {"name": null, "name": {"essential": true}}}',
        '{"userinfo": {"name": {"value": NaN}}}',
        '{"userinfo": {"verified_claims": {"verification": {"time": {"max_age": Infinity}}}}}',
        "{" * 3000,
        '{"a":' * 600 + "1" + "}" * 600,
        '{"a": [' + ",".join("1" * 500) + "]}",
        '{"a": "' + "x" * CHARACTERS_AT_MOST + '"}',
        "\ud800",
    ],
)
def test_what_is_twice_too_deep_too_many_or_no_json_is_refused(text: str) -> None:
    with pytest.raises(ClaimsRefused):
        read(text)


def test_true_is_not_one() -> None:
    assert is_same(1, 1.0)
    assert not is_same(True, 1)
    assert not is_same("1", 1)


def test_a_person_is_asked_line_by_line() -> None:
    found = asked({"userinfo": {"birthdate": {"essential": True}, "phone_number": None, "name": None}})
    assert of_claims(found, ("openid",), SCOPES) == {
        "claim:birthdate": True,
        "claim:name": False,
        "phone": False,
    }
    assert of_claims(found, ("openid", "profile"), SCOPES) == {"phone": False}
    assert of_claims(found, ("openid",), ("openid", "phone")) == {"phone": False}


def test_the_way_of_verification_and_the_face_are_lines_of_their_own() -> None:
    evidence = [{"type": {"value": "electronic_record"}}]
    plain = verified(verification={"trust_framework": None, "evidence": evidence})
    assert of_claims(asked(plain), ("openid", "profile"), SCOPES) == {VERIFICATION: False}
    for more in ({"attachments": None}, {"check_details": [{"check_method": {"value": "bvr"}}]}):
        entry = {**evidence[0], **more, "time": {"essential": True}}
        with_face = verified(verification={"trust_framework": None, "evidence": [entry]})
        units = of_claims(asked(with_face), ("openid", "profile"), SCOPES)
        assert units == {VERIFICATION: True, FACE_RECEIPT: True}
    beyond = verified(claims={"resident_number": None, "phone_number": None})
    assert of_claims(asked(beyond), ("openid",), ("openid", "profile")) == {}


def test_what_may_go_out_is_what_the_client_may_ask_and_the_person_agreed_to() -> None:
    member = asked({"userinfo": {"name": None, "birthdate": None, "phone_number": None}}).userinfo
    assert releasable(member, SCOPES, {"openid", "profile"}) == {"name", "birthdate"}
    assert releasable(member, SCOPES, {"openid", "claim:name", "phone"}) == {"name", "phone_number"}
    assert releasable(member, ("openid", "phone"), {"profile", "phone"}) == {"phone_number"}
    assert releasable(member, SCOPES, {"openid"}) == set()
