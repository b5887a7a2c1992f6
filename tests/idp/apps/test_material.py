"""What of an app in production holds at once, and what waits to be looked at."""

from itertools import permutations
from typing import Any

import pytest

from idp.apps.material import METHODS, PROFILES, RULES, needs_approval
from idp.oidc.clients import profiles
from idp.oidc.clients.fields.key import AUTH_METHODS
from idp.oidc.clients.fields.token import TLS_METHODS
from idp.oidc.clients.metadata import LOCALIZED, ClientMetadata, MetadataRefused, read
from tests.idp.oidc.clients.signing import jwks_of, new_key

KEYS = jwks_of(new_key())
BEFORE: dict[str, Any] = {
    "client_id": "hall",
    "sector": "hall.example.cn",
    "client_name": "City Service Hall",
    "client_name#zh-CN": "市政务服务大厅",
    "client_uri": "https://www.example.cn/",
    "redirect_uris": ["https://hall.example.cn/callback", "https://hall.example.cn/other"],
    "scope": "openid profile phone",
    "optional_scope": "phone",
    "minimum_level": 2,
    "presence_seconds": 600,
    "profile": "oauth21",
    "accepted_parties": ["citizen", "business"],
    "jwks": KEYS,
    "id_token_encrypted_response_alg": "ECDH-ES",
    "dpop_bound_access_tokens": True,
}

AT_ONCE: dict[str, dict[str, Any]] = {
    "contacts": {"contacts": ["ops@hall.example.cn"]},
    "own keys": {"jwks": jwks_of(new_key())},
    "an address less": {"redirect_uris": ["https://hall.example.cn/callback"]},
    "another address at a known host": {"redirect_uris": ["https://hall.example.cn/callback-2"]},
    "to be told at a known host": {"backchannel_logout_uri": "https://hall.example.cn/out"},
    "a scope less": {"scope": "openid profile", "optional_scope": ""},
    "what people may leave out": {"optional_scope": "phone profile"},
    "a higher level": {"minimum_level": 3},
    "a shorter presence": {"presence_seconds": 60},
    "a stronger method": {"token_endpoint_auth_method": "private_key_jwt"},
    "nobody but citizens": {"accepted_parties": ["citizen"]},
    "pushed requests": {"require_pushed_authorization_requests": True},
    "a policy at a known host": {"policy_uri": "https://www.example.cn/privacy"},
    "another signature": {"id_token_signed_response_alg": "ES256"},
}
WAITING: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a new host": ({"redirect_uris": ["https://new.example.cn/callback"]}, {"redirect_uris"}),
    "another port": ({"redirect_uris": ["https://hall.example.cn:8443/callback"]}, {"redirect_uris"}),
    "notices to a new host": (
        {"backchannel_logout_uri": "https://x.example/out"},
        {"backchannel_logout_uri"},
    ),
    "a name": ({"client_name#zh-CN": "省政务服务大厅"}, {"client_name"}),
    "a name in another language": ({"client_name#zh-Hant": "大廳"}, {"client_name"}),
    "a logo": ({"logo_uri": "https://hall.example.cn/logo.png"}, {"logo_uri"}),
    "a scope": ({"scope": "openid profile phone email"}, {"scope"}),
    "what people can no longer leave out": ({"optional_scope": ""}, {"optional_scope"}),
    "a lower level": ({"minimum_level": 1}, {"minimum_level"}),
    "a longer presence": ({"presence_seconds": None}, {"presence_seconds"}),
    "a laxer profile": ({"profile": "oidc"}, {"profile"}),
    "a weaker method": ({"token_endpoint_auth_method": "none"}, {"token_endpoint_auth_method"}),
    "agents": ({"accepted_parties": ["citizen", "business", "agent"]}, {"accepted_parties"}),
    "another purpose": ({"purpose": "For fun."}, {"purpose"}),
    "unbound tokens": ({"dpop_bound_access_tokens": False}, {"dpop_bound_access_tokens"}),
    "plain id_tokens": (
        {"id_token_encrypted_response_alg": None},
        {"id_token_encrypted_response_alg"},
    ),
    "a grant": (
        {"grant_types": ["authorization_code", "client_credentials"]},
        {"grant_types"},
    ),
    "both": ({"minimum_level": 3, "scope": "openid profile phone email"}, {"scope"}),
}


def changed(changes: dict[str, Any]) -> ClientMetadata:
    fields = {**BEFORE, **changes}
    return read({name: value for name, value in fields.items() if value is not None})


@pytest.mark.parametrize("changes", AT_ONCE.values(), ids=AT_ONCE)
def test_what_makes_an_app_stricter_holds_at_once(changes: dict[str, Any]) -> None:
    assert needs_approval(changed({}), changed(changes)) == set()


@pytest.mark.parametrize(("changes", "waiting"), WAITING.values(), ids=WAITING)
def test_what_gives_an_app_more_waits(changes: dict[str, Any], waiting: set[str]) -> None:
    assert needs_approval(changed({}), changed(changes)) == waiting


def test_attack_codes_go_to_where_the_home_page_lies() -> None:
    """Anybody may have a page at such a host; that a link leads there gives nobody a code or a notice."""
    for name in ("redirect_uris", "post_logout_redirect_uris", "request_uris"):
        uris = [*BEFORE.get(name, ()), "https://www.example.cn/somebody-elses"]
        assert needs_approval(changed({}), changed({name: uris})) == {name}
    told = "https://www.example.cn/somebody-elses"
    for name in ("backchannel_logout_uri", "initiate_login_uri"):
        assert needs_approval(changed({}), changed({name: told})) == {name}


def test_attack_what_an_app_went_live_with_is_taken_away_afterwards() -> None:
    live = changed({"policy_uri": "https://www.example.cn/privacy", "contacts": ["ops@hall.example.cn"]})
    assert needs_approval(live, changed({"contacts": ["ops@hall.example.cn"]})) == {"policy_uri"}
    assert needs_approval(live, changed({"policy_uri": "https://www.example.cn/privacy"})) == {"contacts"}


@pytest.mark.parametrize("after", [None, ["query.jwt", "query"]])
def test_attack_answers_are_signed_no_longer(after: list[str] | None) -> None:
    signed = changed({"response_modes": ["jwt", "query.jwt"]})
    assert needs_approval(signed, changed({"response_modes": after})) == {"response_modes"}
    assert needs_approval(signed, changed({"response_modes": ["jwt"]})) == set()
    assert needs_approval(changed({"response_modes": after}), signed) == set()


def test_somebody_has_thought_about_every_field() -> None:
    names = (ClientMetadata.model_fields.keys() | set(LOCALIZED)) - {"localized"}
    assert names <= RULES.keys()


def test_the_orders_are_of_what_there_is() -> None:
    assert set(PROFILES) == set(profiles.PROFILES)
    assert set(METHODS) == {*AUTH_METHODS, *TLS_METHODS}


EVERY = {**AT_ONCE, **{name: changes for name, (changes, _waiting) in WAITING.items()}}


@pytest.mark.parametrize(("name", "other"), [*permutations(EVERY, 2)])
def test_nothing_slips_through_beside_something_else(name: str, other: str) -> None:
    """What waits by itself waits in company, too; but what people could leave out of a scope that is gone."""
    first, second = EVERY[name], EVERY[other]
    try:
        after = changed({**first, **second})
    except MetadataRefused:
        return
    together = needs_approval(changed({}), after)
    gone = set() if "phone" in after.scopes else {"optional_scope"}
    assert needs_approval(changed({}), changed(second)) - gone <= together
    assert needs_approval(after, after) == set()
