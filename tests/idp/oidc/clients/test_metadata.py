"""Client metadata: defaults of the specifications, and what is refused."""

from typing import Any

import pytest

from idp.oidc.clients.metadata import MetadataRefused, from_json, read

GOOD: dict[str, Any] = {
    "client_id": "hall",
    "sector": "hall.example",
    "client_name": "City Hall",
    "redirect_uris": ["https://hall.example/callback"],
}


def test_what_is_left_out_has_the_default_of_the_specification() -> None:
    metadata = read(GOOD)
    assert metadata.token_endpoint_auth_method == "client_secret_basic"
    assert metadata.id_token_signed_response_alg == "RS256"
    assert metadata.grant_types == ("authorization_code",)
    assert metadata.subject_type == "pairwise"
    assert metadata.require_pkce
    assert from_json(metadata.to_json()) == metadata


def test_who_is_told_of_logouts_says_where() -> None:
    told = {
        "backchannel_logout_uri": "https://told.example:8443/logout?of=hall",
        "backchannel_logout_session_required": True,
        "frontchannel_logout_uri": "https://hall.example/logout?a=b",
        "frontchannel_logout_session_required": True,
    }
    metadata = read({**GOOD, **told})
    assert from_json(metadata.to_json()) == metadata
    assert metadata.is_told_of_logouts
    assert not read(GOOD).is_told_of_logouts
    for channel in ("backchannel", "frontchannel"):
        with pytest.raises(MetadataRefused, match=f"needs {channel}_logout_uri"):
            read({**GOOD, f"{channel}_logout_session_required": True})
    here = {"backchannel_logout_uri": "http://127.0.0.1:8001/logout"}
    assert read({**GOOD, **here})
    # Back-Channel Logout 1.0 section 2.2: http for confidential clients alone.
    with pytest.raises(MetadataRefused, match="needs https"):
        read({**GOOD, **here, "token_endpoint_auth_method": "none"})


def test_texts_are_found_in_the_nearest_language() -> None:
    metadata = read({**GOOD, "client_name#zh-CN": "市政厅", "purpose#zh-CN": "办事", "purpose": "Services"})
    assert metadata.text("client_name", "zh-CN") == "市政厅"
    assert metadata.text("client_name", "zh-Hant") == "市政厅"
    assert metadata.text("client_name", "en") == "City Hall"
    assert metadata.text("purpose", "en") == "Services"
    assert metadata.text("policy_uri", "en") == ""


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_id": "a b"}, "client_id"),
        ({"client_id": "11010519491231002X"}, "client_id"),
        ({"sector": ""}, "sector"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": ["http://hall.example/"]}, "http is only"),
        ({"post_logout_redirect_uris": ["javascript:alert(1)"]}, "https"),
        ({"scope": "openid everything"}, "scope"),
        ({"optional_scope": "phone"}, "optional_scope"),
        ({"optional_scope": "openid"}, "optional_scope"),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        ({"token_endpoint_auth_method": "client_secret_digest"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "none", "require_pkce": False}, "require_pkce"),
        ({"grant_types": ["implicit"]}, "grant_types"),
        ({"response_types": ["code", "token"]}, "response_types"),
        ({"minimum_level": 5}, "minimum_level"),
        ({"client_uri": "javascript:alert(1)"}, "https"),
        ({"policy_uri#zh-CN": "http://hall.example/"}, "https"),
        ({"purpose_code": "two words"}, "purpose_code"),
        ({"redirect_urls": []}, "redirect_urls"),
        ({"client_name": ""}, "client_name"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(MetadataRefused, match=named):
        read({**GOOD, **changes})


def test_a_name_is_needed() -> None:
    with pytest.raises(MetadataRefused, match="client_name"):
        read({key: value for key, value in GOOD.items() if key != "client_name"})
