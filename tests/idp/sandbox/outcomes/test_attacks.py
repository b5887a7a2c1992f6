"""Who signs what is wrong must open nothing by it: hostile tokens at the endpoints of their own issuer."""

import json

import pytest

from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.hints import HintRefused, read_hint
from idp.oidc.keys.jwt import ACCESS_TOKEN, ID_TOKEN, LOGOUT_TOKEN, NotOurToken
from idp.sandbox.outcomes.forging import NOBODY
from idp.sandbox.outcomes.id_tokens import CLAIMS, SIGNATURES
from tests.idp.oidc.world import HALL, SPA, TAX, fields_of, path_of
from tests.idp.sandbox.outcomes.stage import Stage, claims

ISSUER = "https://id.example"
HOSTILE = sorted(CLAIMS.keys() | SIGNATURES.keys())
IS_HONEST_TO_US = {
    # Right in all that says whose it is; wrong in what the app alone can know, or in time.
    "id_token_wrong_nonce",
    "id_token_missing_nonce",
    "id_token_expired",
    "id_token_future",
    "id_token_wrong_at_hash",
    "id_token_wrong_acr",
    "id_token_wrong_auth_req_id",
}


@pytest.fixture(autouse=True)
def signed_in(stage: Stage) -> None:
    stage.world.sign_in(level=3, method="face")


def hostile(stage: Stage, outcome: str) -> str:
    stage.choose(outcome)
    return str(stage.tokens()["id_token"])


def test_nobody_can_be_registered_as_nobody() -> None:
    fields = {"redirect_uris": ["https://nobody.example/"], "sector": "nobody.example", "client_name": "N"}
    assert read({"client_id": "nobody", **fields}).client_id == "nobody"
    with pytest.raises(MetadataRefused, match="client_id"):
        read({"client_id": NOBODY, **fields})


@pytest.mark.parametrize("outcome", HOSTILE)
def test_hints_name_nobody_to_another_client(stage: Stage, outcome: str) -> None:
    token, ring = hostile(stage, outcome), stage.world.provider.keys.current()
    for other in (TAX, SPA):
        with pytest.raises(HintRefused):
            read_hint(ring, token, ISSUER, other)


@pytest.mark.parametrize("outcome", sorted(set(HOSTILE) - IS_HONEST_TO_US))
def test_hints_that_are_wrong_in_whose_they_are_are_none(stage: Stage, outcome: str) -> None:
    token, ring = hostile(stage, outcome), stage.world.provider.keys.current()
    with pytest.raises(HintRefused):
        read_hint(ring, token, ISSUER, HALL)
    fields = fields_of(stage.world.authorize(id_token_hint=token))
    assert fields["error"] == "invalid_request", fields


@pytest.mark.parametrize("outcome", HOSTILE)
def test_no_hostile_token_opens_userinfo_or_lives_for_introspection(stage: Stage, outcome: str) -> None:
    token = hostile(stage, outcome)
    assert stage.world.userinfo(token).status == 401
    ring = stage.world.provider.keys.current()
    for typ in (ACCESS_TOKEN, LOGOUT_TOKEN):
        with pytest.raises(NotOurToken):
            ring.read(token, typ=typ)


@pytest.mark.parametrize("outcome", sorted(CLAIMS))
def test_what_is_signed_is_for_this_app_or_for_nobody(stage: Stage, outcome: str) -> None:
    """Whoever else trusts the sandbox's key finds neither themselves nor anybody whom they could be."""
    said = stage.world.provider.keys.current().read(hostile(stage, outcome), typ=ID_TOKEN)
    audience = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
    assert set(audience) <= {HALL, NOBODY}
    assert said["iss"] in {ISSUER, "https://somebody-else.invalid"}


@pytest.mark.parametrize("outcome", sorted(CLAIMS))
def test_nobody_chooses_what_is_signed(stage: Stage, outcome: str) -> None:
    """No oracle: of what an app sends, its own nonce alone comes back; a wrong one is drawn."""
    stage.choose(outcome)
    said = stage.id_token(nonce="chosen-by-the-app")
    free = {"nonce": "chosen-by-the-app"}
    assert said.get("nonce") in {None, free["nonce"]} or outcome == "id_token_wrong_nonce"
    stage.choose(outcome)
    again = stage.id_token(nonce="chosen-by-the-app")
    if outcome == "id_token_wrong_nonce":
        assert len({said["nonce"], again["nonce"], free["nonce"]}) == 3


def test_the_person_is_never_another_one(stage: Stage) -> None:
    """No script makes the sandbox's key say of one person what holds for another."""
    right = stage.id_token()["sub"]
    for outcome in HOSTILE:
        assert claims(hostile(stage, outcome))["sub"] == right


def test_a_script_changes_nothing_of_another_apps_grant(stage: Stage) -> None:
    code = stage.back(TAX)["code"]
    stage.choose("id_token_wrong_iss", sign_ins=None)
    tokens = json.loads(stage.world.token(code, TAX).body)
    assert claims(tokens["id_token"])["iss"] == ISSUER


def test_a_code_of_another_app_leaves_no_trace_in_a_run(stage: Stage) -> None:
    """Who presents what they found elsewhere is answered as always, and no run of theirs learns of it."""
    stage.choose("token_unavailable", sign_ins=None)
    stage.back()
    code = stage.back(TAX)["code"]
    assert stage.world.token(code, TAX).status == 200
    assert stage.seen() == ["answered code"]


def test_an_error_goes_to_no_other_address(stage: Stage) -> None:
    stage.choose("level_unmet")
    response = stage.world.authorize()
    assert path_of(response) == "/callback"
