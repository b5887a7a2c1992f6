"""A contract of `test_discovery`: what is advertised of verified claims is what comes."""

import json
from typing import Any

from idp.mandates.models import Role
from tests.contracts.advertised.moves import change
from tests.idp.oidc.acting.hats import hats_of
from tests.idp.oidc.claims.evidence import sign_in_by_face
from tests.idp.oidc.world import HALL, World


def verified_claims(world: World, metadata: dict[str, Any]) -> None:
    assert metadata["verified_claims_supported"]
    change(world, HALL, scope=" ".join(metadata["scopes_supported"]), accepted_parties=["citizen", "agent"])
    sign_in_by_face(world)
    hats = hats_of(world)
    every = [*metadata["claims_in_verified_claims_supported"], "phone_number", "email"]
    kinds = [*metadata["evidence_supported"], "document"]
    asked = {
        "verification": {
            "trust_framework": None,
            "evidence": [{"type": {"value": kind}, "record": None, "attachments": None} for kind in kinds],
        },
        "claims": {name: {"essential": True} for name in every},
    }
    wanted = json.dumps({"userinfo": {"verified_claims": asked}})
    token = hats.tokens(hats.agent(), scope="openid", claims=wanted)["access_token"]
    found = json.loads(world.userinfo(token).body)["verified_claims"]
    assert set(found["claims"]) == set(metadata["claims_in_verified_claims_supported"])
    assert [found["verification"]["trust_framework"]] == metadata["trust_frameworks_supported"]
    evidence = found["verification"]["evidence"]
    assert {one["type"] for one in evidence} == set(metadata["evidence_supported"])
    records = {one["record"]["type"] for one in evidence}
    assert records == set(metadata["electronic_records_supported"])
    # Attachments section 3.1: what is embedded has its content, what is external an address.
    attached = [one for each in evidence for one in each.get("attachments", ())]
    assert metadata["attachments_supported"] == ["embedded"]
    assert attached
    assert all("content" in one and "url" not in one for one in attached)


def authority_claims(world: World, metadata: dict[str, Any]) -> None:
    """Which roles there are, and how they were come by; of organisations alone."""
    assert metadata["authority_claims_supported"]
    change(world, HALL, scope="openid profile phone organisation", accepted_parties=["business", "agent"])
    world.sign_in()
    hats = hats_of(world)
    asked = {"verification": {"trust_framework": None}, "claims": {"authority": {"essential": True}}}
    wanted = json.dumps({"userinfo": {"verified_claims": asked}})
    roles, methods = set(), set()
    for role in (Role.ADMINISTRATOR, Role.AGENT):
        found = hats.tokens(hats.agent(role=role), scope="openid", claims=wanted, prompt="select_account")
        (told,) = _authority(world, found["access_token"])
        roles |= {one["role"] for one in told["permission"]}
        methods |= {told["granted_by"]["method"]}
    mandate, _ = hats.relative()
    found = hats.tokens(mandate, scope="openid", claims=wanted, prompt="select_account")
    assert "verified_claims" not in json.loads(world.userinfo(found["access_token"]).body)
    assert set(metadata["authority_permissions_supported"]) == {*roles, "legal_representative"}
    assert set(metadata["authority_granted_methods_supported"]) == {*methods, "appointed"}


def _authority(world: World, token: str) -> list[dict[str, Any]]:
    found = json.loads(world.userinfo(token).body)["verified_claims"]["claims"]["authority"]
    assert isinstance(found, list)
    return found
