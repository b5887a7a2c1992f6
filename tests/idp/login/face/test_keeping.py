"""Asking what may be kept of a face, and taking it back."""

from collections.abc import Callable

import pytest

from idp.people.models import FaceConsent, FaceEvidence, FaceTemplate
from tests.idp.login.keeping import (
    again,
    at_the_camera,
    change,
    face_keys,
    rows,
)
from tests.idp.login.visitor import CHILD, NEWCOMER, TAX, Site, Visitor


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
    assert given == [("check", "2026-11"), ("template", "2026-11.365d"), ("evidence", "2027-03.30d")]


def test_more_days_than_were_agreed_to_are_asked_for_anew(keeping: Site) -> None:
    at_the_camera(keeping, "evidence")
    change(keeping, keep_evidence_days=90)
    assert again(keeping).show_face()["done"] is True
    assert rows(keeping, FaceEvidence) == []
    visitor = keeping.visitor().authorize(TAX).sign_in().click("way-face").click("face-keeping")
    assert "90 days" in visitor.page.texts["keep-evidence"]
    assert "keep-evidence-form" in visitor.page.forms


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
    csrf = {"csrf_token": visitor.csrf(), "purpose": "template", "text_version": "2026-11.365d"}
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
