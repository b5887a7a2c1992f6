"""A judgement as evidence: for the log at once, and for the session's proof as long as it counts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from idp.crypto.digests import new_secret
from idp.crypto.fields import FieldCipher
from idp.login.face.judgement import Judgement
from idp.login.face.sessions import FaceSession
from idp.login.factors import face
from idp.oidc.claims import receipts
from idp.oidc.claims.receipts import Evidence

if TYPE_CHECKING:
    from idp.login.factors.face import Matcher

CHECK_ID_BYTES = 16
MATCHERS: "Mapping[str | None, Matcher]" = {"photo": "engine", "register": "register", "template": "template"}
"""Reference -> who compared with it. A first capture becomes the reference, and is compared with nothing."""


def with_receipt(
    judgement: Judgement, session: FaceSession, *, consent_id: str | None, now: datetime
) -> Judgement:
    """As it was where nothing was judged."""
    if judgement.verdict is None:
        return judgement
    receipt = face.receipt(
        judgement.verdict,
        session.challenge,
        judged_at=now,
        camera=judgement.camera,
        consent=consent_id,
        matched_by=MATCHERS.get(judgement.reference) if judgement.reason is None else None,
    )
    evidence = Evidence(new_secret(CHECK_ID_BYTES), receipt.to_claims())
    return replace(judgement, evidence=evidence, receipt_digest=receipt.digest)


def sealed(evidence: Evidence | None, person_id: str, cipher: FieldCipher) -> str | None:
    """For the session's proof, and this person's session alone."""
    return None if evidence is None else receipts.seal(cipher, person_id, evidence)
