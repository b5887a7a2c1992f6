"""A face check without a camera, in a sandbox: by the same doors, with the outcome that was chosen."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from idp.login.services import KEY as LOGIN
from idp.people.registry.embedded import RegisterRecord, upsert
from idp.sandbox.outcomes.catalogue import CATALOGUE, FACE
from idp.sandbox.outcomes.playing import PlayedFaces
from idp.sandbox.services import KEY as SANDBOX
from liveness import Receipt
from tests.idp.login.conftest import add_account, changes, clock, keys_text, prepared, site
from tests.idp.login.engine import PHOTO_OF
from tests.idp.login.face.capturing import capture, neutral
from tests.idp.login.face.test_receipts import asking, receipt_of, userinfo
from tests.idp.login.test_enrolment import begin, identify, set_password
from tests.idp.login.visitor import CALLBACKS, ISSUER, NEWCOMER, PERSON, TAX, Site, Visitor
from tests.idp.sandbox.outcomes.stage import claims

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]

REASONS = [one.name.removeprefix(FACE) for one in CATALOGUE if one.name.startswith(FACE)]
FORM = "sandbox-camera-form"


def choose(site: Site, *outcomes: str, seconds: int | None = None) -> None:
    site.app.extensions[SANDBOX].scripts.put(TAX, outcomes, sign_ins=None, seconds=seconds)


def before_the_camera(site: Site) -> Visitor:
    visitor = site.visitor().authorize(TAX).sign_in(PERSON)
    assert visitor.path == "/login/presence"
    return capture(visitor)


def id_token(visitor: Visitor) -> dict[str, object]:
    form = {
        "grant_type": "authorization_code",
        "client_id": TAX,
        "code": visitor.query["code"],
        "redirect_uri": CALLBACKS[TAX],
        "code_verifier": "v" * 43,
    }
    tokens = visitor.client.post("/oauth2/token", data=form, base_url=ISSUER).get_json()
    return claims(tokens["id_token"])


def test_the_app_sees_what_a_real_camera_gives_and_the_log_sees_that_it_was_played(site: Site) -> None:
    real = before_the_camera(site)
    real.get(real.show_face()["next"]).agree()
    seen = [id_token(real)]
    site.clock.advance(site.services.settings.protocol.presence_seconds + 1)
    played = before_the_camera(site).submit(FORM)
    assert played.is_back_at_the_portal
    seen.append(id_token(played))
    assert [(one["acr"], one["amr"]) for one in seen] == [("urn:yitong:acr:3", ["pwd", "face", "user"])] * 2
    by_camera, by_sandbox = site.events("face_checked")
    assert (by_camera["camera"], by_sandbox["camera"]) == ("live", "played")
    assert (by_sandbox["gates"], by_sandbox["scores"], by_sandbox["models"]) == ([], [], [])
    assert [event["methods"] for event in site.events("stepped_up")] == [["face"]] * 2


def test_nothing_is_played_before_the_consent(site: Site) -> None:
    """It is asked and recorded as before a real camera; and withdrawn in the middle, it counts."""
    asked = site.visitor().authorize(TAX).sign_in(PERSON).click("way-face")
    assert FORM not in asked.page.forms
    asked.submit("face-consent-form")
    assert FORM not in asked.page.forms
    asked.submit("face-consent-form", agree="yes")
    (consent,) = site.events("face_consent_given")
    asked.submit(FORM)
    (checked,) = site.events("face_checked")
    assert checked["person_id"] == consent["person_id"]


@pytest.mark.parametrize("reason", REASONS)
def test_it_is_refused_for_the_reason_chosen(site: Site, reason: str) -> None:
    choose(site, f"{FACE}{reason}")
    visitor = before_the_camera(site).submit(FORM)
    assert visitor.page.elements["result"]["data-reason"] == reason
    assert {"face-again", "other-way"} <= visitor.page.elements.keys()
    (event,) = site.events("face_refused")
    assert (event["reason"], event["camera"]) == (reason, "played")
    assert site.events("face_checked") == []


def test_the_register_does_not_answer_either(site: Site) -> None:
    visitor = before_the_camera(site)
    choose(site, "register_unavailable")
    visitor.submit(FORM)
    assert visitor.page.elements["result"]["data-reason"] == "register_unavailable"


def test_the_verdict_is_slow(site: Site) -> None:
    slept: list[int | None] = []
    here = site.app.extensions[SANDBOX]
    site.app.extensions[SANDBOX] = replace(
        here, camera=PlayedFaces(here.camera.inner, here.camera.forced, slept.append)
    )
    choose(site, "slow_face", seconds=7)
    before_the_camera(site).submit(FORM).agree()
    assert slept == [7]


def test_as_many_as_one_likes(site: Site) -> None:
    """People who are everybody's would soon have no tries left."""
    most = site.services.settings.liveness.tries_per_person_per_hour
    for _ in range(most + 1):
        visitor = before_the_camera(site).submit(FORM)
        assert visitor.path == "/consent" or visitor.is_back_at_the_portal


def test_it_has_a_receipt_that_says_so(site: Site) -> None:
    visitor = capture(asking(site, site.visitor()).sign_in()).submit(FORM)
    found = receipt_of(visitor, userinfo(visitor.agree_to_all()))
    receipt = Receipt.from_claims(found["receipt"])
    assert (receipt.camera, receipt.gates, receipt.models) == ("played", (), {})
    (checked,) = site.events("face_checked")
    assert checked["receipt"] == receipt.digest


def test_who_has_no_photo_gets_none_by_it(site: Site) -> None:
    found = site.services
    with found.sessions.begin() as session:
        add_account(session, NEWCOMER, found.cipher, found.index)
    visitor = capture(site.visitor().authorize(TAX).sign_in(NEWCOMER)).submit(FORM)
    assert visitor.path == "/consent"
    assert site.events("face_reference_taken") == []
    assert found.register.photo(NEWCOMER.number) is None


def test_an_enrolment_without_a_camera(site: Site) -> None:
    photo = PHOTO_OF + b"wang"
    found = site.services
    record = RegisterRecord(NEWCOMER.number, NEWCOMER.name, NEWCOMER.phone, photo)
    with found.sessions.begin() as session:
        upsert(session, record, cipher=found.cipher, index=found.index, now=found.clock())
    visitor = identify(begin(site)).click("way-face").consent_to_face().submit(FORM)
    assert visitor.path == "/enrol/credentials"
    set_password(visitor)
    (enrolled,) = site.events("person_enrolled")
    assert (enrolled["level"], enrolled["binding"]) == (2, "face")


def test_attack_somebody_enrols_by_a_number_whose_name_they_do_not_know(site: Site) -> None:
    visitor = identify(begin(site), name="赵不是").click("way-face").consent_to_face()
    visitor.submit(FORM)
    assert visitor.path != "/enrol/done"
    if visitor.path == "/enrol/credentials":
        set_password(visitor)
    assert site.events("person_enrolled") == []


def test_attack_half_a_real_face_and_half_a_played_one(site: Site) -> None:
    """Pictures of somebody who is not the person would become evidence of a check that let them in."""
    visitor = before_the_camera(site)
    page = visitor.page.elements["capture"]
    visitor.send_frames(page["data-frames-url"], page["data-csrf"], 0, neutral())
    visitor.submit(FORM)
    assert visitor.path == "/login/face"
    assert site.events("face_checked") == []


def test_attack_a_session_of_another_browser_is_played(site: Site) -> None:
    victim, thief = before_the_camera(site), before_the_camera(site)
    address = victim.page.forms[FORM].action
    own = thief.page.forms[FORM]
    stolen = own.action.replace(own.action.split("/")[-1].split("?")[0], address.split("/")[-1].split("?")[0])
    thief.client.post(stolen, data=own.fields, base_url=ISSUER)
    assert site.events("face_checked") == []
    assert victim.submit(FORM).path in {"/consent", "/callback"}


def test_a_verdict_is_played_once(site: Site) -> None:
    visitor = before_the_camera(site)
    form = visitor.page.forms[FORM]
    visitor.submit(FORM)
    again = visitor.client.post(form.action, data=form.fields, base_url=ISSUER)
    assert again.status_code == 303
    assert len(site.events("face_checked")) == 1


def test_who_is_no_person_of_the_sandbox_is_played_by_nobody(site: Site) -> None:
    """An operator may have put somebody real into it, with their own number."""
    found = site.services
    real = replace(NEWCOMER, number="11010519491231002X", phone="+8613800138009")
    with found.sessions.begin() as session:
        add_account(session, real, found.cipher, found.index)
    visitor = site.visitor().authorize(TAX).sign_in(real)
    capture(visitor)
    form = visitor.page.forms[FORM]
    answer = visitor.client.post(form.action, data=form.fields, base_url=ISSUER)
    assert answer.status_code == 404
    assert site.events("face_checked") == []


class TestElsewhere:
    """In production there is neither the button, nor its address, nor what would answer it."""

    @pytest.fixture
    def changes(self) -> dict[str, str]:
        return {"IDP_SANDBOX": "false"}

    def test_there_is_no_button_and_no_address(self, site: Site) -> None:
        visitor = before_the_camera(site)
        page = visitor.page.elements["capture"]
        assert (FORM in visitor.page.forms, "play-camera" in visitor.page.elements) == (False, False)
        assert "/sandbox/" not in visitor.body
        form = {"csrf_token": page["data-csrf"]}
        for flow in ("", "enrolment/"):
            address = f"/sandbox/phone/camera/{flow}{page['data-session']}?{urlsplit(visitor.url).query}"
            assert visitor.client.post(address, data=form, base_url=ISSUER).status_code == 404
        assert site.events("face_checked") == []

    def test_there_is_nothing_that_would_answer(self, site: Site) -> None:
        assert SANDBOX not in site.app.extensions
        assert not isinstance(site.app.extensions[LOGIN].faces, PlayedFaces)
        assert not [rule for rule in site.app.url_map.iter_rules() if "play" in rule.endpoint]
