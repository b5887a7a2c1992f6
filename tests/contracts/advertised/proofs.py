"""How a client proves possession of a key."""

import json

from joserfc.jwk import OctKey

from tests.contracts.advertised.moves import Metadata
from tests.idp.oidc.clients.signing import new_key
from tests.idp.oidc.token.proving import proof, redeem
from tests.idp.oidc.world import HALL, World


def proofs(world: World, metadata: Metadata) -> None:
    world.sign_in()
    for algorithm in metadata["dpop_signing_alg_values_supported"]:
        made = proof(world, new_key(algorithm), algorithm=algorithm)
        assert json.loads(redeem(world, HALL, world.code(), made).body)["token_type"] == "DPoP"
    made = proof(world, OctKey.import_key("x" * 32), algorithm="HS256")
    assert json.loads(redeem(world, HALL, world.code(), made).body)["error"] == "invalid_dpop_proof"
