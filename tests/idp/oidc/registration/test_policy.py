"""Whatever a stranger posts is refused by a code of the specification, or keeps to the list."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.clients.fields.scope import SCOPES as ALL_SCOPES
from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.clients.own_places import own_places
from idp.oidc.errors import InvalidClientMetadata, InvalidRedirectUri
from idp.oidc.http import Request
from idp.oidc.registration import documents, policy, wording
from idp.oidc.registration.policy import GRANT_TYPES, SCOPES, Registered

CLIENT_ID = "01a20244-e87b-727b-b54e-0f765ead5897"
OPERATOR = Registered(
    frozenset({"tax.example"}), ("Tax Office", "市政务服务大厅"), own_places("https://id.example")
)
URIS = st.sampled_from(
    [
        *("https://app.example/cb", "https://b.example/cb", "com.example.app:/cb", "http://127.0.0.1/cb"),
        *(
            "https://tax.example/cb",
            "javascript:alert(1)",
            "https://[::1",
            "https://a..b/",
            "HTTPS://X.EXAMPLE/",
        ),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | URIS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
NAMES = st.sampled_from(sorted(set(ClientMetadata.model_fields) | {"client_name#zh-CN", "logo_uri", "x"}))
SCOPED = st.lists(st.sampled_from([*ALL_SCOPES, "tax:file", "unknown"])).map(" ".join)
POSTED = st.builds(
    lambda fair, wild: fair | wild,
    st.fixed_dictionaries(
        {"redirect_uris": st.lists(URIS, max_size=3)},
        optional={
            "scope": SCOPED,
            "client_name": st.text(min_size=1, max_size=12),
            "application_type": st.sampled_from(["web", "native"]),
            "token_endpoint_auth_method": st.sampled_from(["none", "client_secret_post", "private_key_jwt"]),
            "profile": st.sampled_from(["oidc", "oauth21", "fapi2-security", "none"]),
        },
    ),
    st.dictionaries(NAMES, VALUES, max_size=3),
)


def silent(_uri: str) -> bytes:
    raise OSError("nobody answers")


@given(posted=POSTED)
def test_what_a_stranger_posts_is_refused_or_keeps_to_the_list(posted: dict[str, Any]) -> None:
    body = json.dumps(posted).encode()
    request = Request("POST", "/oauth2/register", content_type="application/json", body=body)
    try:
        found = policy.decide(
            documents.known(documents.read(request)),
            client_id=CLIENT_ID,
            sector=None,
            operator=OPERATOR,
            fetch=silent,
            pkce_always=True,
        )
    except (InvalidClientMetadata, InvalidRedirectUri):
        return
    assert found.client_id == CLIENT_ID
    assert found.scopes <= set(SCOPES)
    assert set(found.grant_types) <= set(GRANT_TYPES)
    assert found.subject_type == "pairwise"
    assert found.require_pkce
    assert found.sector in {"app.example", "b.example", "x.example", f"..{CLIENT_ID}"}
    assert not found.resource_uris
    assert set(found.localized) <= {"client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"}


@given(text=st.text(max_size=70))
def test_a_name_that_is_taken_shows_as_it_is(text: str) -> None:
    try:
        wording.check(text)
    except wording.WordingRefused:
        return
    assert text.isprintable()
    assert 0 < len(text) <= wording.CHARACTERS_AT_MOST
    assert wording.reads_like(text, [text.upper()]) or not wording.skeleton(text)


@pytest.mark.parametrize(
    ("host", "name", "said"),
    [
        ("ha1l.example.cn", "Rain tomorrow", "host reads like"),
        ("xn--hll-6cd.example.cn", "Rain tomorrow", "reads like another one"),
        ("rain.example", "云岭市公安局", "government body"),
        ("rain.example", "Rain <b>tomorrow</b>", "markup"),
    ],
)
def test_who_passes_for_another_is_refused(host: str, name: str, said: str) -> None:
    operator = policy.Registered(
        frozenset({"hall.example.cn"}), ("City Service Hall",), own_places("https://id.example")
    )
    with pytest.raises((InvalidClientMetadata, InvalidRedirectUri), match=said):
        policy.decide(
            {"redirect_uris": [f"https://{host}/callback"], "client_name": name},
            client_id=CLIENT_ID,
            sector=None,
            operator=operator,
            fetch=silent,
            pkce_always=True,
        )
