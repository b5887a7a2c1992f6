"""What outlives a check, and only by a consent of its own: the template, and the frames."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.commands.worker import duties_of
from idp.extensions import Services
from idp.login.factors.face import MOMENTS
from idp.people import face_evidence
from idp.people.models import FaceConsent, FaceEvidence, FaceTemplate
from idp.people.registry import Answer, RegisterAnswer, RegisterUnavailable
from tests.idp.login.conftest import add_account
from tests.idp.login.engine import picture
from tests.idp.login.visitor import CHILD, NEWCOMER, TAX, Site, Visitor, motion

KEEP_ALL = {"keep_templates": True, "keep_evidence_days": 30}
NEWER = "b" * 64


class SilentRegister:
    """It has gone quiet: nothing is answered."""

    def verify(self, name: str, number: str) -> RegisterAnswer:
        return RegisterAnswer(Answer.UNAVAILABLE)

    def photo(self, number: str) -> bytes | None:
        raise RegisterUnavailable

    def compare(self, number: str, image: bytes) -> bool | None:
        raise RegisterUnavailable


class WithoutPhoto(SilentRegister):
    """It answers, and has no photo. `says`: what it compares by itself."""

    def __init__(self, says: bool | None = None) -> None:
        self.says = says

    def photo(self, number: str) -> bytes | None:
        return None

    def compare(self, number: str, image: bytes) -> bool | None:
        return self.says


def change(site: Site, **liveness: Any) -> None:
    settings = site.services.settings
    changed = settings.model_copy(update={"liveness": settings.liveness.model_copy(update=liveness)})
    site.app.extensions["yitong"] = dataclasses.replace(site.services, settings=changed)
    site.services = site.app.extensions["yitong"]


def exchange(site: Site, register: Any) -> None:
    site.app.extensions["yitong"] = dataclasses.replace(site.services, register=register)


@pytest.fixture
def keeping(site: Site) -> Site:
    change(site, **KEEP_ALL)
    return site


def consents(visitor: Visitor, *purposes: str) -> Visitor:
    """Through the consent to the check and the page after it, up to the camera."""
    visitor.click("way-face").consent_to_face()
    assert visitor.path == "/login/face/keeping", visitor.page.text
    for purpose in purposes:
        visitor.submit(f"keep-{purpose}-form")
        assert f"keep-{purpose}-given" in visitor.page.elements
    return visitor.submit("face-start-form")


def at_the_camera(site: Site, *purposes: str) -> Visitor:
    return consents(site.visitor().authorize(TAX).sign_in(), *purposes)


def again(site: Site) -> Visitor:
    """The consents stand: to the camera without another question."""
    visitor = site.visitor().authorize(TAX).sign_in().click("way-face")
    return visitor.submit("face-consent-form")


def rows(site: Site, table: type[Any]) -> list[Any]:
    with Session(site.services.engine) as session:
        return list(session.scalars(select(table)).all())


def work(found: Services) -> None:
    """What a worker does in its round."""
    for duty in duties_of(found):
        duty.do_if_due(found.clock())


# Asking


def test_by_default_nothing_is_asked_and_nothing_kept(site: Site) -> None:
    visitor = site.visitor().authorize(TAX).sign_in().click("way-face")
    assert "only exception" not in visitor.page.text
    visitor.consent_to_face()
    assert "capture" in visitor.page.elements
    assert visitor.show_face()["done"] is True
    assert rows(site, FaceTemplate) == rows(site, FaceEvidence) == []
    assert "face-keeping" not in site.visitor().get("/account").sign_in().page.elements


def test_declining_both_changes_nothing_else(keeping: Site) -> None:
    visitor = at_the_camera(keeping)
    assert visitor.show_face()["done"] is True
    assert rows(keeping, FaceTemplate) == rows(keeping, FaceEvidence) == []
    assert [one.purpose for one in rows(keeping, FaceConsent)] == ["check"]
    assert "capture" in again(keeping).page.elements


def test_each_is_a_consent_of_its_own_with_its_own_words(keeping: Site) -> None:
    at_the_camera(keeping, "template")
    change(keeping, evidence_consent_text_version="2027-03")
    visitor = keeping.visitor().authorize(TAX).sign_in().click("way-face").click("face-keeping")
    visitor.submit("keep-evidence-form")
    given = [(one["purpose"], one["version"]) for one in keeping.events("face_consent_given")]
    assert given == [("check", "2026-11"), ("template", "2026-11"), ("evidence", "2027-03")]


@pytest.mark.parametrize(
    "forged", [{"text_version": "2020-01"}, {"purpose": "check"}, {"purpose": "everything"}]
)
def test_other_words_or_purposes_are_not_agreed_to(keeping: Site, forged: dict[str, str]) -> None:
    visitor = keeping.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    visitor.submit("keep-template-form", **forged)
    assert len(rows(keeping, FaceConsent)) == 1


def test_what_is_not_offered_cannot_be_agreed_to(keeping: Site) -> None:
    visitor = keeping.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    change(keeping, keep_evidence_days=0)
    visitor.submit("keep-evidence-form")
    assert len(rows(keeping, FaceConsent)) == 1


def test_agreeing_twice_is_agreeing_once(keeping: Site) -> None:
    visitor = keeping.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    form = visitor.page.forms["keep-template-form"]
    for _ in range(2):
        visitor.client.post(visitor.url, data=form.fields, base_url="https://id.example")
    assert [one.purpose for one in rows(keeping, FaceConsent)] == ["check", "template"]


def test_whoever_cannot_turn_is_not_asked_to_after_the_detour(keeping: Site) -> None:
    visitor = keeping.visitor().authorize(TAX).sign_in().click("way-face")
    visitor.submit("face-consent-form", agree="yes", without_turns="1")
    visitor.submit("keep-template-form").submit("face-start-form")
    visitor.get(visitor.page.elements["capture"]["data-film-page-url"])
    assert "turn" not in visitor.page.elements["capture"]["data-actions"]


def test_under_14_nothing_is_offered_anywhere(keeping: Site) -> None:
    visitor = keeping.visitor().get("/account").sign_in(CHILD)
    assert "face-keeping" not in visitor.page.elements
    assert visitor.get("/account/face-keeping").path == "/account"
    csrf = {"csrf_token": visitor.csrf(), "purpose": "template", "text_version": "2026-11"}
    visitor.client.post("/account/face-keeping", data=csrf, base_url="https://id.example")
    visitor.authorize(TAX)
    visitor.get(f"/login/face/keeping?interaction={visitor.query['interaction']}")
    assert visitor.path == "/login/presence"
    visitor.client.post(
        f"/login/face/keeping?interaction={visitor.query['interaction']}",
        data=csrf,
        base_url="https://id.example",
    )
    assert rows(keeping, FaceConsent) == []


def test_an_enrolment_keeps_nothing_since_there_is_nobody_yet(keeping: Site) -> None:
    visitor = enrol_up_to_the_face(keeping)
    assert "capture" in visitor.page.elements
    assert visitor.show_face("wang")["done"] is True
    assert rows(keeping, FaceTemplate) == rows(keeping, FaceEvidence) == []


def enrol_up_to_the_face(site: Site) -> Visitor:
    visitor = site.visitor().get("/login").click("enrol").submit("phone-form", phone=NEWCOMER.phone)
    visitor.submit("code-form", code=site.code())
    visitor.submit("identity-form", name=NEWCOMER.name, number=NEWCOMER.number)
    return visitor.click("way-face").consent_to_face()


# The template


def test_a_template_serves_while_the_register_is_silent(keeping: Site) -> None:
    assert at_the_camera(keeping, "template").show_face()["done"] is True
    (kept,) = keeping.events("face_template_kept")
    assert kept["reason"] == "first"
    exchange(keeping, SilentRegister())
    assert again(keeping).show_face()["done"] is True
    assert [one["reference"] for one in keeping.events("face_checked")] == ["photo", "template"]
    assert keeping.events("register_unavailable")


def test_a_stranger_does_not_pass_by_it(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    exchange(keeping, SilentRegister())
    assert again(keeping).show_face("a stranger")["refused"] == "match"
    (refused,) = keeping.events("face_refused")
    assert refused["reference"] == "template"


def test_it_serves_where_the_register_has_no_photo_and_compares_nothing(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    exchange(keeping, WithoutPhoto())
    assert again(keeping).show_face()["done"] is True
    assert keeping.events("face_checked")[-1]["reference"] == "template"


def test_it_serves_where_the_register_falls_silent_during_the_check(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    visitor = again(keeping)
    exchange(keeping, SilentRegister())
    assert visitor.show_face()["done"] is True
    assert keeping.events("face_checked")[-1]["reference"] == "template"


@pytest.mark.parametrize("says", [True, False])
def test_the_registers_own_word_goes_first(keeping: Site, says: bool) -> None:
    at_the_camera(keeping, "template").show_face()
    exchange(keeping, WithoutPhoto(says))
    answer = again(keeping).show_face()
    assert answer.get("refused") == (None if says else "match")


def test_the_registers_photo_goes_first(keeping: Site) -> None:
    """Somebody else's face that was learnt by mistake opens nothing while the register answers."""
    at_the_camera(keeping, "template").show_face()
    assert again(keeping).show_face("a stranger")["refused"] == "match"
    assert keeping.events("face_refused")[-1]["reference"] == "photo"


def test_without_one_a_silent_register_is_said_so(keeping: Site) -> None:
    at_the_camera(keeping).show_face()
    exchange(keeping, SilentRegister())
    visitor = again(keeping)
    assert visitor.status == 503
    assert visitor.page.elements["result"]["data-reason"] == "register_unavailable"


def test_one_of_another_network_is_not_used_and_is_replaced(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    keeping.engine.match_model = NEWER
    register = keeping.services.register
    exchange(keeping, SilentRegister())
    assert again(keeping).status == 503
    account = keeping.visitor().get("/account").sign_in()
    assert "cannot be used any more" in account.page.texts["kept-template"]
    exchange(keeping, register)
    assert again(keeping).show_face()["done"] is True
    assert [one["reason"] for one in keeping.events("face_template_kept")] == ["first", "renewed"]
    assert [row.model for row in rows(keeping, FaceTemplate)] == [NEWER]
    assert len(keeping.events("face_consent_given")) == 2
    exchange(keeping, SilentRegister())
    assert again(keeping).show_face()["done"] is True


def test_new_words_need_a_new_consent(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    change(keeping, template_consent_text_version="2027-01")
    keeping.engine.match_model = NEWER
    assert again(keeping).show_face()["done"] is True
    assert len(keeping.events("face_template_kept")) == 1
    exchange(keeping, SilentRegister())
    keeping.engine.match_model = "a" * 64
    assert again(keeping).status == 503


def test_no_template_is_made_of_a_template(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    keeping.clock.advance(300 * 86400)
    exchange(keeping, SilentRegister())
    assert again(keeping).show_face()["done"] is True
    (row,) = rows(keeping, FaceTemplate)
    assert len(keeping.events("face_template_kept")) == 1
    keeping.clock.advance(65 * 86400)
    assert again(keeping).status == 503
    assert row.delete_at < keeping.clock()


def test_none_is_made_of_a_first_capture(keeping: Site) -> None:
    found = keeping.services
    with found.sessions.begin() as session:
        add_account(session, NEWCOMER, found.cipher, found.index)
    visitor = keeping.visitor().authorize(TAX).sign_in(NEWCOMER)
    assert consents(visitor, "template").show_face("wang")["done"] is True
    assert keeping.events("face_checked")[-1]["reference"] == "first_capture"
    assert rows(keeping, FaceTemplate) == []


def test_none_is_made_of_a_refused_check(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face("a stranger")
    assert rows(keeping, FaceTemplate) == []


def test_switched_off_it_is_not_used_and_the_worker_deletes_it(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    change(keeping, keep_templates=False)
    exchange(keeping, SilentRegister())
    assert again(keeping).status == 503
    work(keeping.services)
    assert rows(keeping, FaceTemplate) == []
    assert keeping.events("face_template_deleted")[-1]["reason"] == "switched_off"


# The frames


def test_a_few_frames_are_kept_of_a_check_that_passed(keeping: Site) -> None:
    assert at_the_camera(keeping, "evidence").show_face()["done"] is True
    (kept,) = keeping.events("face_evidence_kept")
    assert kept["days"] == 30
    frames = exported(keeping, kept["check_id"])
    assert len(frames) >= 2
    assert frames.keys() <= set(MOMENTS)
    assert kept["count"] == len(frames)
    assert rows(keeping, FaceTemplate) == []


def exported(site: Site, check_id: str) -> dict[str, bytes]:
    found = site.services
    with found.sessions.begin() as session:
        frames = face_evidence.export(
            session, check_id, reason="test", cipher=found.cipher, context=AuditContext(found.clock())
        )
    assert frames is not None
    return {frame.moment: frame.image for frame in frames}


def test_they_are_found_by_the_event_of_their_check(keeping: Site) -> None:
    at_the_camera(keeping, "evidence").show_face("a stranger")
    with keeping.services.engine.connect() as connection:
        query = text("SELECT id FROM audit_events WHERE name = 'face_refused'")
        (check_id,) = connection.execute(query).scalars()
    assert b"a stranger" in exported(keeping, check_id)["frontal"]


def test_they_go_at_their_date_even_when_nothing_is_kept_any_more(keeping: Site) -> None:
    at_the_camera(keeping, "evidence").show_face()
    change(keeping, keep_evidence_days=0, keep_templates=False)
    keeping.clock.advance(30 * 86400 - 60)
    work(keeping.services)
    assert len(rows(keeping, FaceEvidence)) == 1
    keeping.clock.advance(60)
    work(keeping.services)
    assert rows(keeping, FaceEvidence) == []
    assert keeping.events("face_evidence_deleted")[-1]["reason"] == "expired"


def test_a_film_is_as_a_live_check_but_for_the_template(keeping: Site) -> None:
    assert film(at_the_camera(keeping, "template", "evidence")) is True
    assert len(rows(keeping, FaceEvidence)) == 1
    assert rows(keeping, FaceTemplate) == []


def test_of_a_film_nothing_is_kept_without_consent(keeping: Site) -> None:
    assert film(at_the_camera(keeping)) is True
    assert rows(keeping, FaceTemplate) == rows(keeping, FaceEvidence) == []


def film(visitor: Visitor) -> bool:
    visitor.get(visitor.page.elements["capture"]["data-film-page-url"])
    page = visitor.page.elements["capture"]
    poses = [pose for action in [None, *page["data-actions"].split()] for pose in motion(action)]
    frames = [(picture("zhang", pose, i), i * 120) for i, pose in enumerate(poses)]
    visitor.site.clock.advance(20)
    answer: dict[str, Any] = {}
    for batch in range(len(frames) // 4):
        shown = frames[batch * 4 : batch * 4 + 4]
        answer = visitor.send_frames(page["data-frames-url"], page["data-csrf"], batch, shown, "recorded")
        if answer.get("done"):
            break
    return answer["done"] is True


def face_keys(site: Site) -> list[str]:
    with create_engine(site.services.settings.ephemeral.url).connect() as connection:
        tables = connection.execute(text("select name from sqlite_master where type='table'")).scalars().all()
        keys = [
            key for name in tables for key in connection.execute(text(f"select key from {name}")).scalars()
        ]
    return [key for key in keys if key.startswith("face:") and not key.endswith(":result")]


@pytest.mark.parametrize("purposes", [(), ("template",), ("evidence",)])
def test_nothing_waits_in_the_store_after_the_verdict(keeping: Site, purposes: tuple[str, ...]) -> None:
    visitor = at_the_camera(keeping, *purposes)
    waiting: list[str] = []
    visitor.show_face(before_each_batch=lambda: waiting.extend(face_keys(keeping)))
    assert any(":evidence-" in key for key in waiting) is ("evidence" in purposes)
    assert face_keys(keeping) == []


# Withdrawing


def withdraw(site: Site, *purposes: str) -> Callable[[], None]:
    """From another browser, in the account."""

    def do() -> None:
        visitor = site.visitor().get("/account").sign_in()
        for purpose in purposes:
            path = "face-consent" if purpose == "check" else f"face-keeping/{purpose}"
            visitor.submit(f"/account/{path}/withdraw")

    return do


def test_withdrawn_in_the_account_it_is_gone_at_once(keeping: Site) -> None:
    at_the_camera(keeping, "template", "evidence").show_face()
    account = keeping.visitor().get("/account").sign_in()
    assert {"kept-template", "kept-evidence", "face-keeping"} <= account.page.elements.keys()
    account.submit("/account/face-keeping/template/withdraw")
    assert rows(keeping, FaceTemplate) == []
    assert len(rows(keeping, FaceEvidence)) == 1
    assert "kept-template" not in account.page.elements
    account.submit("/account/face-keeping/evidence/withdraw")
    assert rows(keeping, FaceEvidence) == []
    # The consent to the check is another matter, and stands.
    assert "face-consent" in account.page.elements
    withdrawn = [one["purpose"] for one in keeping.events("face_consent_withdrawn")]
    assert withdrawn == ["template", "evidence"]


@pytest.mark.parametrize("who", ["zhang", "a stranger"])
@pytest.mark.parametrize("gone", [("template", "evidence"), ("check",)])
def test_withdrawn_between_start_and_verdict_nothing_is_kept(
    keeping: Site, gone: tuple[str, ...], who: str
) -> None:
    visitor = at_the_camera(keeping, "template", "evidence")
    keeping.engine.meanwhile = withdraw(keeping, *gone)
    visitor.show_face(who)
    assert rows(keeping, FaceTemplate) == rows(keeping, FaceEvidence) == []
    assert keeping.events("face_evidence_kept") == keeping.events("face_template_kept") == []
    assert face_keys(keeping) == []


def test_what_is_offered_no_more_can_still_be_withdrawn(keeping: Site) -> None:
    at_the_camera(keeping, "evidence").show_face()
    change(keeping, keep_evidence_days=0, keep_templates=False)
    account = keeping.visitor().get("/account").sign_in()
    assert "face-keeping" not in account.page.elements
    account.submit("/account/face-keeping/evidence/withdraw")
    assert rows(keeping, FaceEvidence) == []


def test_it_can_be_agreed_to_in_the_account(keeping: Site) -> None:
    account = keeping.visitor().get("/account").sign_in().click("face-keeping")
    account.submit("keep-template-form")
    assert account.path == "/account/face-keeping"
    account.click("to-account")
    assert "Nothing is kept at the moment" in account.page.texts["kept-template"]
    visitor = keeping.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    visitor.submit("face-start-form").show_face()
    assert len(rows(keeping, FaceTemplate)) == 1


def test_an_unknown_purpose_is_no_page(keeping: Site) -> None:
    account = keeping.visitor().get("/account").sign_in()
    fields = {"csrf_token": account.csrf()}
    for purpose in ("check", "x"):
        path = f"/account/face-keeping/{purpose}/withdraw"
        assert account.client.post(path, data=fields, base_url="https://id.example").status_code == 404
