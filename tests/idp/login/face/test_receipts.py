"""From the camera to the portal: a receipt of the check, for who asked and was allowed to have it."""

import json
from base64 import b64decode
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.people.registry.embedded import RegisterRecord, upsert
from liveness import Receipt
from tests.idp.login.conftest import add_account
from tests.idp.login.engine import PHOTO_OF
from tests.idp.login.face.capturing import capture
from tests.idp.login.test_enrolment import confirm_phone, identify, set_password, show_face
from tests.idp.login.visitor import CALLBACKS, ISSUER, NEWCOMER, TAX, Site, Visitor

WANTED = json.dumps(
    {
        "userinfo": {
            "verified_claims": {
                "verification": {
                    "trust_framework": {"value": "cn_yitong"},
                    "assurance_level": None,
                    "evidence": [
                        {
                            "type": {"value": "electronic_record"},
                            "check_details": [{"check_method": {"value": "bvr"}, "check_id": None}],
                            "attachments": None,
                        }
                    ],
                },
                "claims": {"name": {"essential": True}},
            }
        }
    }
)


def asking(site: Site, visitor: Visitor) -> Visitor:
    return visitor.authorize(TAX, claims=WANTED)


def userinfo(visitor: Visitor) -> dict[str, Any]:
    """What the portal gets, now that the person is back there."""
    assert visitor.is_back_at_the_portal, visitor.page.text
    form = {
        "grant_type": "authorization_code",
        "client_id": TAX,
        "code": visitor.query["code"],
        "redirect_uri": CALLBACKS[TAX],
        "code_verifier": "v" * 43,
    }
    tokens = visitor.client.post("/oauth2/token", data=form, base_url=ISSUER).get_json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    found: dict[str, Any] = visitor.client.get("/oauth2/userinfo", headers=bearer, base_url=ISSUER).get_json()
    return found


def receipt_of(visitor: Visitor, found: dict[str, Any]) -> dict[str, Any]:
    """The claims of the receipt in it, verified with the keys that anybody may fetch."""
    described = visitor.client.get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    address = described["receipts_jwks_uri"].removeprefix(ISSUER)
    keys = KeySet.import_key_set(visitor.client.get(address, base_url=ISSUER).get_json())
    (evidence,) = found["verified_claims"]["verification"]["evidence"]
    token = b64decode(evidence["attachments"][0]["content"]).decode()
    verified = jwt.decode(token, keys, algorithms=["ES256"])
    assert verified.header["typ"] == "liveness-receipt+jwt"
    return verified.claims


@pytest.fixture
def asked(site: Site) -> Visitor:
    return asking(site, site.visitor()).sign_in()


def test_a_portal_gets_the_receipt_of_the_check_that_let_the_person_in(site: Site, asked: Visitor) -> None:
    asked.get(capture(asked).show_face()["next"])
    assert asked.shows("That your face was checked, when, and the scores of it; no picture")
    found = userinfo(asked.agree_to_all())
    claims = receipt_of(asked, found)
    assert (claims["aud"], claims["sub"], claims["nonce"]) == (TAX, found["sub"], "the-nonce")
    receipt = Receipt.from_claims(claims["receipt"])
    assert (receipt.live, receipt.matched_by, receipt.camera) == (True, "engine", "live")
    (checked,) = site.events("face_checked")
    (consent,) = site.events("face_consent_given")
    assert checked["receipt"] == receipt.digest
    assert receipt.consent != consent["consent_id"]
    (released,) = site.events("claims_released")
    assert released["check_id"] == checked["check_id"]
    assert released["receipt_id"] == claims["jti"]


def test_the_face_of_an_enrolment_has_a_receipt_too(site: Site) -> None:
    found = site.services
    photo = PHOTO_OF + b"wang"
    record = RegisterRecord(NEWCOMER.number, NEWCOMER.name, NEWCOMER.phone, photo)
    with found.sessions.begin() as session:
        upsert(session, record, cipher=found.cipher, index=found.index, now=found.clock())
    visitor = asking(site, site.visitor()).click("enrol")
    show_face(identify(confirm_phone(site, visitor, NEWCOMER.phone)), "wang")
    set_password(visitor)
    claims = receipt_of(visitor, userinfo(visitor.click("continue").agree_to_all()))
    (checked,) = site.events("face_checked")
    (consent,) = site.events("face_consent_given")
    assert checked["receipt"] == Receipt.from_claims(claims["receipt"]).digest
    assert consent["consent_id"] not in str(claims)


def test_a_first_capture_is_compared_with_nothing_and_is_no_evidence(site: Site) -> None:
    found = site.services
    with found.sessions.begin() as session:
        add_account(session, NEWCOMER, found.cipher, found.index)
    first = asking(site, site.visitor()).sign_in(NEWCOMER)
    first.get(capture(first).show_face("wang")["next"])
    assert "verified_claims" not in userinfo(first.agree_to_all())
    again = asking(site, site.visitor()).sign_in(NEWCOMER)
    again.get(capture(again).show_face("wang")["next"])
    claims = receipt_of(again, userinfo(again))
    assert claims["receipt"]["matched_by"] == "engine"


def test_a_verdict_that_refuses_is_told_to_the_log_alone(site: Site, asked: Visitor) -> None:
    assert capture(asked).show_face("somebody else")["refused"] == "match"
    (refused,) = site.events("face_refused")
    assert len(refused["receipt"]) == 64
    assert refused["check_id"]


def test_presence_that_is_over_brings_no_receipt(site: Site, asked: Visitor) -> None:
    asked.get(capture(asked).show_face()["next"]).agree_to_all()
    assert "verified_claims" in userinfo(asked)
    site.clock.advance(site.services.settings.protocol.presence_seconds + 1)
    assert asking(site, asked).path == "/login/presence"
