"""A contract of `test_discovery`: what is advertised of verified claims is what comes."""

import json
from typing import Any

from tests.contracts.advertised.moves import change
from tests.idp.oidc.claims.evidence import sign_in_by_face
from tests.idp.oidc.world import HALL, World


def verified_claims(world: World, metadata: dict[str, Any]) -> None:
    assert metadata["verified_claims_supported"]
    change(world, HALL, scope=" ".join(metadata["scopes_supported"]), accepted_parties=["citizen", "agent"])
    sign_in_by_face(world)
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
    token = json.loads(world.token(world.code(scope="openid", claims=wanted)).body)["access_token"]
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
