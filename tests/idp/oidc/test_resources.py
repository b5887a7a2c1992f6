"""Resource indicators: a token opens what it was asked for, and is told to nobody else."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.oidc import asking, sharing
from idp.oidc.authorize import endpoint
from idp.oidc.clients.changes.manifests import ManifestRefused, apply
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.clients.resources import ResourceTaken, claim
from idp.oidc.http import FORM, Parameters, Request, Response
from tests.idp.oidc.clients.signing import claims_of as fair
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.conftest import NOW
from tests.idp.oidc.token.grants.test_client_credentials import body, change, claims_of, said
from tests.idp.oidc.world import (
    BROWSER,
    CHALLENGE,
    HALL,
    REDIRECT_URIS,
    SECRETS,
    SPA,
    TAX,
    VERIFIER,
    World,
    basic,
    fields_of,
    path_of,
)

TAXES, LICENCES = "https://api.tax.example/", "urn:example:licences"
ISSUER = "https://id.example"
KEY = new_key()
OFFLINE = "openid profile offline_access"


@pytest.fixture(autouse=True)
def served(world: World) -> None:
    """The tax office serves two resources."""
    change(world, TAX, resource_uris=[TAXES, LICENCES])
    with world.provider.sessions.begin() as session:
        claim(session, TAX, [TAXES, LICENCES])
    world.sign_in()
    world.code(scope=OFFLINE)


def asked(world: World, *resources: str, scope: str = "openid profile") -> Response:
    values = [
        ("client_id", HALL),
        ("redirect_uri", REDIRECT_URIS[HALL]),
        ("response_type", "code"),
        ("scope", scope),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        *(("resource", one) for one in resources),
    ]
    cookie = "; ".join(f"{name}={value}" for name, value in world.cookies.items())
    query = Parameters.parse(urlencode(values).encode())
    answer = endpoint.authorize(
        world.provider, Request("GET", endpoint.PATH, {"cookie": cookie}, query), BROWSER
    )
    assert isinstance(answer, Response)
    return answer


def code_for(world: World, *resources: str, scope: str = "openid profile") -> str:
    return code_of(world, asked(world, *resources, scope=scope))


def code_of(world: World, answer: Response) -> str:
    """Agreed to if need be."""
    return fields_of(world.agree(answer) if path_of(answer) == "/consent" else answer)["code"]


def redeem(world: World, code: str, *resources: str) -> Response:
    values = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URIS[HALL]),
        ("code_verifier", VERIFIER),
    ]
    return post(world, "/oauth2/token", values, *resources)


def post(world: World, path: str, values: list[tuple[str, str]], *resources: str) -> Response:
    form = Parameters.parse(urlencode([*values, *(("resource", one) for one in resources)]).encode())
    headers = {"authorization": basic(HALL, SECRETS[HALL])}
    return world.endpoints[path](Request("POST", path, headers, form=form, content_type=FORM))


def granted(world: World, *resources: str, scope: str = "openid profile") -> dict[str, Any]:
    answer = redeem(world, code_for(world, *resources, scope=scope))
    assert answer.status == 200
    return body(answer)


@pytest.mark.parametrize(
    ("resources", "audience"),
    [
        ((), ISSUER),
        ((ISSUER,), ISSUER),
        ((TAXES,), TAXES),
        ((TAXES, TAXES), TAXES),
        ((TAXES, LICENCES), [TAXES, LICENCES]),
    ],
)
def test_the_audience_is_what_was_asked_for(world: World, resources: tuple[str, ...], audience: Any) -> None:
    assert claims_of(granted(world, *resources)["access_token"])["aud"] == audience


def test_a_token_request_asks_for_less_and_never_for_more(world: World) -> None:
    """RFC 8707 section 2.2."""
    code = code_for(world, TAXES, LICENCES)
    assert claims_of(body(redeem(world, code, LICENCES))["access_token"])["aud"] == LICENCES
    for granted_, named in (((TAXES,), LICENCES), ((), TAXES), ((TAXES,), ISSUER)):
        code = code_for(world, *granted_)
        assert body(redeem(world, code, named))["error"] == "invalid_target"
        assert body(redeem(world, code))["error"] == "invalid_grant"


def test_a_refreshed_token_is_for_the_same_or_less(world: World) -> None:
    token = granted(world, TAXES, LICENCES, scope=OFFLINE)["refresh_token"]
    values = [("grant_type", "refresh_token"), ("refresh_token", token)]
    assert claims_of(body(post(world, "/oauth2/token", values))["access_token"])["aud"] == [TAXES, LICENCES]
    again = body(post(world, "/oauth2/token", values, TAXES))
    assert claims_of(again["access_token"])["aud"] == TAXES
    assert body(post(world, "/oauth2/token", values, ISSUER))["error"] == "invalid_target"


@pytest.mark.parametrize(
    "resource",
    ["https://nobody.example/", f"{TAXES}x", "https://api.tax.example", f"{TAXES}#f", "x", "u" * 600],
)
def test_a_resource_that_nobody_serves_is_no_target(world: World, resource: str) -> None:
    answer = fields_of(asked(world, resource))
    assert answer["error"] == "invalid_target"
    pushed = [("redirect_uri", REDIRECT_URIS[HALL]), ("response_type", "code"), ("scope", "openid")]
    pushed += [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]
    assert body(post(world, "/oauth2/par", pushed, resource))["error"] == "invalid_target"
    assert post(world, "/oauth2/par", pushed, TAXES).status == 201


def test_too_many_resources_are_refused(world: World) -> None:
    assert fields_of(asked(world, *[TAXES] * 9))["error"] == "invalid_target"


def test_a_suspended_server_is_no_target(world: World) -> None:
    with world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, TAX).status = ClientStatus.SUSPENDED
    world.clock.advance(6)
    assert fields_of(asked(world, TAXES))["error"] == "invalid_target"


def test_pushed_and_signed_resources_count(world: World) -> None:
    key = new_key()
    world.clock.advance(6)
    change(world, HALL, jwks=jwks_of(key))
    common = {"redirect_uri": REDIRECT_URIS[HALL], "response_type": "code", "scope": "openid profile"}
    common |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    pushed = body(post(world, "/oauth2/par", list(common.items()), TAXES, LICENCES))
    signs = signed(key, {**common, "client_id": HALL, "resource": [TAXES, LICENCES]})
    one = signed(key, {**common, "client_id": HALL, "resource": TAXES})
    for given, audience in (
        ({"request_uri": pushed["request_uri"]}, [TAXES, LICENCES]),
        ({"request": signs}, [TAXES, LICENCES]),
        ({"request": one}, TAXES),
    ):
        code = code_of(world, world.authorize(**given))
        assert claims_of(body(redeem(world, code))["access_token"])["aud"] == audience


def test_attack_a_resource_is_added_behind_a_consent_that_never_showed_it(world: World) -> None:
    """The person agreed to the hall, and was never told that it would be let in at the tax office."""
    assert fields_of(world.authorize(prompt="none", resource=TAXES))["error"] == "consent_required"
    answer = world.authorize(resource=TAXES)
    question = asking.question(world.provider, world.get("/"), fields_of(answer)["interaction"], BROWSER)
    assert question is not None
    assert [uri for uri, _ in question.resources] == [TAXES]
    world.agree(answer)
    # From now on, and no other; to no other client; and never again to this, once it is withdrawn.
    assert "code" in fields_of(world.authorize(prompt="none", resource=TAXES))
    assert fields_of(world.authorize(prompt="none", resource=LICENCES))["error"] == "consent_required"
    assert "code" in fields_of(world.authorize(prompt="none", resource=ISSUER))
    world.agree(world.authorize(SPA))
    assert fields_of(world.authorize(SPA, prompt="none", resource=TAXES))["error"] == "consent_required"
    with world.provider.sessions.begin() as session:
        context = AuditContext(at=world.clock())
        assert sharing.withdraw(session, world.person_id, HALL, context=context)
    world.sign_in()
    world.agree(world.authorize())
    assert fields_of(world.authorize(prompt="none", resource=TAXES))["error"] == "consent_required"


def test_a_token_for_a_resource_server_opens_no_userinfo(world: World) -> None:
    """RFC 9700 sections 2.3 and 4.9: a resource server that turns on its callers."""
    answer = world.userinfo(granted(world, TAXES)["access_token"])
    assert answer.status == 401
    assert 'error="invalid_token"' in dict(answer.headers)["WWW-Authenticate"]
    assert world.userinfo(granted(world, TAXES, ISSUER)["access_token"]).status == 200


def test_the_resource_server_may_ask_after_its_tokens_and_no_others(world: World) -> None:
    """RFC 7662 section 4: token scanning."""
    tokens = granted(world, TAXES, scope=OFFLINE)
    found = said(world, tokens["access_token"], TAX)
    assert (found["active"], found["aud"], found["client_id"]) == (True, TAXES, HALL)
    assert said(world, tokens["access_token"], HALL)["active"]
    assert said(world, tokens["refresh_token"], TAX) == {"active": False}
    assert said(world, granted(world)["access_token"], TAX) == {"active": False}


def test_who_served_a_resource_before_may_ask_no_more(world: World) -> None:
    token = granted(world, TAXES)["access_token"]
    world.clock.advance(6)
    with world.provider.sessions.begin() as session:
        claim(session, TAX, [LICENCES])
    assert said(world, token, TAX) == {"active": False}


def test_attack_a_registration_names_anothers_resource(world: World) -> None:
    """Who may look into a token is who serves its resource, whatever a client says of itself."""
    token = granted(world, TAXES)["access_token"]
    change(world, SPA, resource_uris=[TAXES], token_endpoint_auth_method="private_key_jwt", jwks=jwks_of(KEY))
    assertion = signed(KEY, fair(SPA, world.clock()))
    form = {"token": token, "client_assertion_type": TYPE, "client_assertion": assertion}
    assert body(world.post("/oauth2/introspect", form)) == {"active": False}


def test_a_client_asks_for_itself(world: World) -> None:
    world.clock.advance(6)
    change(world, HALL, grant_types=["authorization_code", "client_credentials", "refresh_token"])
    values = [("grant_type", "client_credentials")]
    token = body(post(world, "/oauth2/token", values, TAXES))["access_token"]
    assert claims_of(token)["aud"] == TAXES
    assert said(world, token, TAX)["sub"] == HALL
    assert body(post(world, "/oauth2/token", values, "https://nobody.example/"))["error"] == "invalid_target"
    with world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, HALL).status = ClientStatus.SUSPENDED
    world.clock.advance(6)
    assert said(world, token, TAX) == {"active": False}


def test_a_resource_has_one_server(world: World) -> None:
    """Or whoever registers a second time could look into all its tokens."""
    with Session(world.engine) as session, pytest.raises(ResourceTaken):
        claim(session, HALL, [TAXES])
    with Session(world.engine) as session:
        claim(session, TAX, [LICENCES])
        claim(session, HALL, [TAXES])
        session.commit()
    world.clock.advance(6)
    assert world.provider.resources.server_of(TAXES) == HALL
    assert world.provider.resources.server_of(LICENCES) == TAX


def test_a_manifest_says_what_is_served(world: World, tmp_path: Path) -> None:
    file = tmp_path / "api.toml"
    text = 'client_id = "api"\nsector = "api.example"\nclient_name = "API"\n'
    text += "grant_types = []\nresponse_types = []\n"

    def applied(uri: str) -> None:
        file.write_text(f"{text}resource_uris = [{json.dumps(uri)}]\n")
        with world.provider.sessions.begin() as session:
            apply(session, file, NOW, secrets=world.provider.authenticator.secrets, secret_root=None)

    applied("https://api.example/")
    assert world.provider.resources.server_of("https://api.example/") == "api"
    with pytest.raises(ManifestRefused, match="another client"):
        applied(TAXES)


@pytest.mark.parametrize(
    "uris",
    [
        ["https://a.example/#x"],
        ["http://a.example/"],
        ["a.example"],
        ["https://u@a.example/"],
        ["https://a.example/", "https://a.example/"],
        [f"https://a.example/{n}" for n in range(21)],
        ["https://a.example/" + "x" * 500],
    ],
)
def test_a_resource_is_called_by_an_address(uris: list[str]) -> None:
    fields = {"client_id": "a", "sector": "a.example", "client_name": "A"}
    with pytest.raises(MetadataRefused, match="resource_uris"):
        read({**fields, "redirect_uris": ["https://a.example/"], "resource_uris": uris})
