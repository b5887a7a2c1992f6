"""A face check that has passed, as the login room leaves it with the session's proof."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from idp.crypto.digests import digest
from idp.oidc.claims import receipts
from idp.oidc.claims.receipts import Evidence
from liveness import Action, GateScore, Receipt, Verdict, new_challenge
from tests.idp.oidc.world import World

CONSENT_ID = "019ac000-0000-7000-8000-000000000001"


def face_evidence(now: datetime, *, seed: int = 1, matched_by: Any = "engine") -> Evidence:
    """Each seed another check of the same person, by the same consent."""
    draw = Random(seed)
    challenge = new_challenge(now, random=draw)
    verdict = Verdict(
        live=True,
        matched=True,
        refused_by=None,
        advice=None,
        gates=(
            GateScore("antispoof", draw.uniform(0.6, 1), 0.5, passed=True),
            GateScore("match", draw.uniform(0.5, 1), 0.4, passed=True),
        ),
        unproved=(),
        models={"detector/yunet": "a" * 64, "pad/fr_liveness": "b" * 64},
        actions=(Action.TURN_LEFT, Action.NOD),
    )
    receipt = Receipt.of(
        verdict, challenge, judged_at=now.astimezone(UTC), consent=CONSENT_ID, matched_by=matched_by
    )
    return Evidence(digest(f"check {seed}"), receipt.to_claims())


def sign_in_by_face(world: World, evidence: Evidence | None = None) -> Evidence:
    found = evidence or face_evidence(world.clock())
    sealed = receipts.seal(world.provider.cipher, world.person_id, found)
    world.sign_in(level=3, method="face", evidence=sealed)
    return found
