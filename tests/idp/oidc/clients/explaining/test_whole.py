"""A whole registration, as somebody typed it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.apps.kinds import KINDS
from idp.oidc.clients.explaining import addresses, texts, whole
from idp.oidc.clients.explaining.rules import ANYTHING_ELSE
from idp.oidc.clients.explaining.whole import Others, explain
from idp.oidc.clients.metadata import ClientMetadata, MetadataRefused, read
from tests.idp.oidc.clients.signing import jwks_of, new_key

GOOD: dict[str, Any] = {
    "client_id": "hall",
    "sector": "hall.example.cn",
    "client_name": "市政务服务大厅",
    "redirect_uris": ["https://hall.example.cn/callback"],
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.kind)
def test_nothing_is_wrong_with_what_the_wizard_makes(kind: Any) -> None:
    uris = {"redirect_uris": [kind.returns[0]]} if kind.returns else {"redirect_uris": []}
    found = explain({**GOOD, **uris, **kind.fields})
    assert found.problems == ()
    assert found.metadata is not None


def test_every_wrong_address_is_named_at_once() -> None:
    wrong = ["https://hall.example.cn/*", "https://hall.example.cn/ok", "http://hall.example.cn/"]
    found = explain({**GOOD, "redirect_uris": wrong, "logo_uri": "javascript:alert(1)"})
    assert [(one.field, one.typed) for one in found.problems] == [
        ("redirect_uris", wrong[0]),
        ("redirect_uris", wrong[2]),
        ("logo_uri", "javascript:alert(1)"),
    ]
    assert found.metadata is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": "openid offline_access"}, "scope"),
        ({"scope": "openid everything"}, "scope"),
        ({"optional_scope": "phone"}, "optional_scope"),
        ({"minimum_level": 7}, "minimum_level"),
        ({"minimum_level": "high"}, "minimum_level"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks"),
        ({"token_endpoint_auth_method": "by-letter"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "tls_client_auth_subject_dn"),
        ({"jwks": {"keys": [new_key().as_dict(private=True)]}}, "jwks"),
        ({"jwks": jwks_of(new_key()), "jwks_uri": "https://hall.example.cn/jwks"}, "jwks"),
        ({"frontchannel_logout_uri": "https://other.example/out"}, "frontchannel_logout_uri"),
        ({"backchannel_logout_session_required": True}, "backchannel_logout_session_required"),
        ({"require_pkce": False, "token_endpoint_auth_method": "none"}, "require_pkce"),
        ({"id_token_encrypted_response_alg": "RSA-OAEP-256"}, "jwks"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"accepted_parties": []}, "accepted_parties"),
        ({"contacts": ["nobody"]}, "contacts"),
        ({"client_name": ""}, "client_name"),
        ({"client_name#zh-CN": "\u202eeman"}, "client_name#zh-CN"),
        ({"client_name": "Hall <script>"}, "client_name"),
        ({"purpose#zh-CN": "用" * 301}, "purpose#zh-CN"),
        ({"initiate_login_uri": "https://hall.example.cn/in?iss=x"}, "initiate_login_uri"),
        ({"response_modes": ["letter"]}, "response_modes"),
        ({"unknown_rule": "yes"}, ""),
    ],
)
def test_a_problem_stands_at_its_field_in_its_words(changes: dict[str, Any], field: str) -> None:
    found = explain({**GOOD, **changes})
    assert found.metadata is None
    assert field in {one.field for one in found.problems}
    assert all(one.words is not ANYTHING_ELSE for one in found.problems), found.problems


def test_who_is_taken_for_another() -> None:
    others = Others(("City Service Hall",), frozenset({"hall.example.cn"}))
    found = explain(
        {**GOOD, "client_name": "City Service Hаll", "redirect_uris": ["https://ha11.example.cn/"]}, others
    )
    assert {one.words for one in found.problems} == {
        texts.OF_RULE[texts.WordingRule.SCRIPTS],
        addresses.LOOKS_LIKE,
    }
    found = explain({**GOOD, "client_name": "city service-hall 2"}, others)
    assert [one.words for one in found.problems] == [texts.READS_LIKE]


def test_a_name_of_a_government_body_is_looked_at_and_not_refused() -> None:
    found = explain({**GOOD, "client_name": "云岭市公安局"})
    assert found.metadata is not None
    assert [(one.words, one.is_grave) for one in found.problems] == [(texts.SOUNDS_OFFICIAL, False)]


def test_an_address_that_stands_there_twice_is_told_of() -> None:
    found = explain({**GOOD, "redirect_uris": GOOD["redirect_uris"] * 2})
    assert found.metadata is not None
    assert [one.words for one in found.problems] == [whole.TWICE]


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**6),
    st.text(max_size=12),
    st.lists(st.text(max_size=12), max_size=3),
    st.sampled_from(["none", "openid", "https://hall.example.cn/x", "native", "fapi2-security", "RS256"]),
    st.lists(st.sampled_from(["https://hall.example.cn/x", "refresh_token", "citizen", "jwt"]), max_size=3),
)
FIELDS = sorted({*ClientMetadata.model_fields, "client_name#zh-CN", "logo_uri", "purpose"} - {"localized"})


@given(typed=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5))
def test_whatever_is_typed_a_refusal_is_explained(typed: dict[str, Any]) -> None:
    fields = {**GOOD, **typed}
    found = explain(fields)
    try:
        read(fields)
    except MetadataRefused:
        assert found.metadata is None
    if found.metadata is None:
        assert any(one.is_grave for one in found.problems)
    for one in found.problems:
        for text in (one.words.wrong, one.words.mend):
            assert (text % one.values) if one.values else text
