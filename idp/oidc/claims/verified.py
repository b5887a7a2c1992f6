"""`verified_claims`: how we know what we say of a person (OpenID Identity Assurance Schema Definition 1.0).

Two checks may stand behind it. The population register agreed with number and name when the account became a
verified one; and a face was compared with the register's photo, for as long as that presence counts. Behind
for which organisation somebody acts stands the business register's last word of it.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from idp.oidc.claims.asked import MemberAsked, VerifiedAsked
from idp.oidc.claims.catalogue import AUTHORITY
from idp.oidc.claims.matching import NotMet, select
from idp.oidc.claims.units import BIOMETRIC_CHECK, wants_face

EVIDENCE_TYPE = "electronic_record"
RECORD_TYPE, BUSINESS_RECORD_TYPE = "population_register", "business_register"
DATA_CHECK = "data"
SOURCE = {"country_code": "CHN"}
RECORD = {"type": RECORD_TYPE, "source": SOURCE}
BUSINESS_RECORD = {"type": BUSINESS_RECORD_TYPE, "source": SOURCE}
ATTACHMENTS = "embedded"
RECEIPT_MEDIA_TYPE = "application/jwt"
RECEIPT_DESCRIPTION = "Signed receipt of the face check"


@dataclass(frozen=True, slots=True)
class FaceCheck:
    """`check_id`: the client's own name of it. `receipt`: the signed one, where it is wanted."""

    check_id: str
    at: datetime
    by_register_photo: bool
    receipt: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    trust_framework: str
    assurance_level: str
    """An `acr` value: of the session's level now."""
    verified_at: datetime | None
    """None: before this was written down."""
    face: FaceCheck | None = None
    organisation_at: datetime | None = None
    """When the business register last told of the organisation that they act for."""


@dataclass(frozen=True, slots=True)
class Answered:
    """`claims`: the `verified_claims` of an answer; None when nothing that was asked for can be said."""

    claims: list[dict[str, Any]] | dict[str, Any] | None
    names: frozenset[str]
    """Of the claims in it."""
    tells_of_face: bool


def answer(
    member: MemberAsked, verification: Verification, values: Mapping[str, Any], now: datetime
) -> Answered:
    """`values`: the verified claims that may go out."""
    found = [one for asked in member.verified if (one := _one(asked, verification, values, now)) is not None]
    claims = None if not found else found if member.is_list else found[0]
    return Answered(
        claims,
        frozenset(name for one in found for name in one["claims"]),
        any(map(_is_of_face, (entry for one in found for entry in one["verification"].get("evidence", ())))),
    )


def _one(
    asked: VerifiedAsked, verification: Verification, values: Mapping[str, Any], now: datetime
) -> dict[str, Any] | None:
    # Identity Assurance section 5.7: a demand on a claim that is not met drops the claim, one on the
    # verification drops all of it; `essential` changes nothing of that.
    claims = {
        name: values[name]
        for name, one in asked.claims.items()
        if name in values and one.accepts(values[name])
    }
    if not claims:
        return None
    sayable = verification if wants_face(asked) else replace(verification, face=None)
    if AUTHORITY not in claims:
        sayable = replace(sayable, organisation_at=None)
    try:
        return {"verification": select(asked.verification, document(sayable), now), "claims": claims}
    except NotMet:
        return None


def _is_of_face(evidence: Mapping[str, Any]) -> bool:
    methods = {check["check_method"] for check in evidence.get("check_details", ())}
    return "attachments" in evidence or BIOMETRIC_CHECK in methods


def document(verification: Verification) -> dict[str, Any]:
    """All that could be said."""
    verified_at = verification.verified_at
    found = {
        "trust_framework": verification.trust_framework,
        "assurance_level": verification.assurance_level,
        "time": None if verified_at is None else _time(verified_at),
        "evidence": [
            _evidence({"check_method": DATA_CHECK}, verified_at),
            *([] if verification.face is None else [_face_evidence(verification.face)]),
            *([] if verification.organisation_at is None else [_business(verification.organisation_at)]),
        ],
    }
    return {name: value for name, value in found.items() if value is not None}


def _business(at: datetime) -> dict[str, Any]:
    found = _evidence({"check_method": DATA_CHECK}, at, has_record=False)
    return {**found, "record": BUSINESS_RECORD}


def _face_evidence(face: FaceCheck) -> dict[str, Any]:
    check = {"check_method": BIOMETRIC_CHECK, "check_id": face.check_id}
    found = _evidence(check, face.at, has_record=face.by_register_photo)
    if face.receipt is not None:
        # Attachments section 3.1: standard base64 of the content, which is the JWT's text.
        content = b64encode(face.receipt.encode("ascii")).decode("ascii")
        attachment = {"desc": RECEIPT_DESCRIPTION, "content_type": RECEIPT_MEDIA_TYPE, "content": content}
        found["attachments"] = [attachment]
    return found


def _evidence(check: dict[str, Any], at: datetime | None, *, has_record: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {"type": EVIDENCE_TYPE, "check_details": [check]}
    if at is not None:
        check["time"] = _time(at)
    if has_record:
        found["record"] = RECORD
    return found


def _time(at: datetime) -> str:
    """ISO 8601 in UTC: another zone would tell where somebody is (Identity Assurance section 9)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
