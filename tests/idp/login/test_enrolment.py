import json
from datetime import date

import pytest

from idp.audit import AuditContext
from idp.login.services import KEY
from idp.oidc import sharing
from idp.people import directory
from idp.people.resident_number import SANDBOX_ADDRESS, compose
from tests.idp.login.authenticator import Authenticator
from tests.idp.login.visitor import CHILD, HALL, ISSUER, NEWCOMER, PERSON, TAX, Site, Someone, Visitor

OTHER_PHONE = "+8613800138999"
NEW_PASSWORD = "seven lamps at night"
PERSON_BIRTH = date(1990, 3, 7)


def begin(site: Site, client_id: str = HALL, phone: str = NEWCOMER.phone) -> Visitor:
    visitor = site.visitor().authorize(client_id).click("enrol")
    return confirm_phone(site, visitor, phone)


def confirm_phone(site: Site, visitor: Visitor, phone: str) -> Visitor:
    visitor.submit("phone-form", phone=phone)
    return visitor.submit("code-form", code=site.code())


def identify(visitor: Visitor, someone: Someone = NEWCOMER, name: str | None = None) -> Visitor:
    return visitor.submit("identity-form", name=name or someone.name, number=someone.number)


def set_password(visitor: Visitor, password: str = NEW_PASSWORD) -> Visitor:
    return visitor.submit("password-form", password=password, password_again=password)


def activation_code(site: Site, number: str) -> str:
    found = site.services
    with found.sessions.begin() as session:
        code: str = site.app.extensions[KEY].activation_codes.make(
            session, number, made_by="clerk", days=14, context=AuditContext(at=found.clock())
        )
    return code


def show_face(visitor: Visitor, who: str) -> Visitor:
    visitor.click("way-face").consent_to_face()
    answer = visitor.show_face(who)
    return visitor.get(answer["next"])


def test_with_a_face_from_nothing_to_the_portal(site: Site) -> None:
    visitor = show_face(identify(begin(site)), "wang")
    assert visitor.path == "/enrol/credentials"
    set_password(visitor)
    assert visitor.path == "/enrol/done"
    visitor.click("continue").agree()
    assert visitor.is_back_at_the_portal
    (enrolled,) = site.events("person_enrolled")
    assert (enrolled["level"], enrolled["binding"]) == (2, "face")
    (consent,) = site.events("face_consent_given")
    assert consent["version"] == site.services.settings.liveness.consent_text_version
    assert visitor.get("/account").page.elements["face-consent-withdraw"]


def test_the_face_of_an_enrolment_counts_as_presence(site: Site) -> None:
    visitor = set_password(show_face(identify(begin(site, TAX)), "wang"))
    assert visitor.click("continue").path == "/consent"


def test_without_a_face_by_an_activation_code(site: Site) -> None:
    visitor = identify(begin(site))
    code = activation_code(site, NEWCOMER.number)
    visitor.submit("activation-form", activation_code=code.lower(), way="activation_code")
    assert visitor.path == "/enrol/credentials"
    set_password(visitor)
    assert site.events("person_enrolled")[0]["binding"] == "activation_code"
    assert site.visitor().authorize().sign_in(NEWCOMER, NEW_PASSWORD).path == "/consent"


def test_without_a_face_by_the_registers_phone(site: Site) -> None:
    visitor = identify(begin(site, phone=OTHER_PHONE))
    visitor.submit("register-phone-form", way="register_phone")
    assert visitor.page.forms.keys() >= {"code-form"}
    visitor.submit("code-form", code=site.code())
    assert visitor.path == "/enrol/credentials"


def test_a_phone_that_the_register_holds_is_not_asked_twice(site: Site) -> None:
    visitor = identify(begin(site))
    visitor.submit("register-phone-form", way="register_phone")
    assert visitor.path == "/enrol/credentials"


def test_a_passkey_instead_of_a_password(site: Site) -> None:
    visitor = show_face(identify(begin(site, TAX)), "wang")
    device = Authenticator(ISSUER)
    form = visitor.page.elements["passkey-form"]
    response = visitor.client.post(
        form["data-options-url"], base_url=ISSUER, headers={"X-CSRF-Token": form["data-csrf"]}
    )
    visitor.submit("passkey-form", credential=device.create(json.loads(response.data)))
    assert "passkeys-added" in visitor.page.elements
    visitor.submit("finish-form", finish="1")
    assert visitor.path == "/enrol/done"
    assert site.events("passkey_added")[0]["level"] == 3


def test_what_the_register_says_stays_unsaid_until_the_binding(site: Site) -> None:
    nobody = Someone("赵六", compose(SANDBOX_ADDRESS, PERSON_BIRTH, 77), OTHER_PHONE, "", None)
    pages = []
    for someone in (NEWCOMER, PERSON, nobody):
        visitor = identify(begin(site, phone=OTHER_PHONE), someone)
        shown = {name: text for name, text in visitor.page.texts.items() if name.startswith("way-")}
        visitor.submit("register-phone-form", way="register_phone")
        pages.append((visitor.path, visitor.status, shown, visitor.page.elements.keys()))
        site.messages()
    assert pages[0] == pages[1] == pages[2]


def test_a_face_that_does_not_match_and_an_unknown_number_read_the_same(site: Site) -> None:
    nobody = Someone("赵六", compose(SANDBOX_ADDRESS, PERSON_BIRTH, 77), OTHER_PHONE, "", None)
    known = show_face(identify(begin(site), PERSON), "a stranger")
    unknown = show_face(identify(begin(site, phone=OTHER_PHONE), nobody), "a stranger")
    assert known.page.elements["result"] == unknown.page.elements["result"]
    assert known.page.elements["result"]["data-reason"] == "match"


def test_nobodys_first_capture_is_kept_under_a_name_that_does_not_agree(site: Site) -> None:
    visitor = show_face(identify(begin(site), name="别的人"), "a stranger")
    assert visitor.page.elements["result"]["data-passed"] == "false"
    assert site.services.register.photo(NEWCOMER.number) is None


def test_an_existing_account_is_claimed_and_never_doubled(site: Site) -> None:
    visitor = set_password(show_face(identify(begin(site), PERSON), "zhang"))
    assert visitor.path == "/enrol/done"
    assert not site.events("person_enrolled")
    assert site.visitor().authorize().sign_in(PERSON).status == 422
    assert site.visitor().authorize().sign_in(PERSON, NEW_PASSWORD).path == "/consent"


def test_a_slip_in_the_name_is_told_after_the_binding_and_mended(site: Site) -> None:
    visitor = identify(begin(site), name="王武")
    code = activation_code(site, NEWCOMER.number)
    visitor.submit("activation-form", activation_code=code, way="activation_code")
    assert visitor.path == "/enrol/name"
    assert "name-error" in visitor.page.elements
    identify(visitor)
    assert visitor.path == "/enrol/credentials"


def test_a_number_that_the_register_does_not_know_is_refused_with_what_to_do(site: Site) -> None:
    nobody = Someone("赵六", compose(SANDBOX_ADDRESS, PERSON_BIRTH, 77), OTHER_PHONE, "", None)
    visitor = identify(begin(site, phone=OTHER_PHONE), nobody)
    code = activation_code(site, nobody.number)
    visitor.submit("activation-form", activation_code=code, way="activation_code")
    assert "next-steps" in visitor.page.elements
    assert visitor.shows("does not know this number")


def test_a_child_gets_no_camera(site: Site) -> None:
    visitor = identify(begin(site, phone=OTHER_PHONE), CHILD)
    assert "way-face" not in visitor.page.elements
    assert "way-activation" in visitor.page.elements


def test_tries_of_a_phone_are_limited_by_the_day(site: Site) -> None:
    most = site.services.settings.limits.enrolment_tries_per_day
    for serial in range(most):
        number = compose(SANDBOX_ADDRESS, PERSON_BIRTH, 100 + serial)
        identify(begin(site), Someone("赵六", number, "", "", None))
    visitor = identify(begin(site))
    assert visitor.status == 429
    assert visitor.shows("Too many tries")


def test_a_wrong_activation_code_is_told(site: Site) -> None:
    visitor = identify(begin(site))
    visitor.submit("activation-form", activation_code="0000-0000-0000", way="activation_code")
    assert visitor.status == 422
    assert "activation-code-error" in visitor.page.elements


@pytest.mark.parametrize("password", ["short", "123456789012", NEWCOMER.number[-6:] + "abcdef"])
def test_a_weak_password_is_refused_in_words(site: Site, password: str) -> None:
    visitor = set_password(show_face(identify(begin(site)), "wang"), password)
    assert visitor.status == 422
    assert "password-error" in visitor.page.elements


def test_the_two_passwords_must_agree(site: Site) -> None:
    visitor = show_face(identify(begin(site)), "wang")
    visitor.submit("password-form", password=NEW_PASSWORD, password_again="another one")
    assert "password-again-error" in visitor.page.elements


def test_the_back_button_leads_to_where_the_enrolment_stands(site: Site) -> None:
    visitor = identify(begin(site))
    binding = visitor.url
    show_face(visitor, "wang")
    visitor.get(binding)
    assert visitor.path == "/enrol/credentials"
    visitor.get(visitor.url.replace("/enrol/credentials", "/enrol/identity"))
    assert visitor.path == "/enrol/credentials"


def test_a_finished_enrolment_is_gone_from_the_history(site: Site) -> None:
    visitor = show_face(identify(begin(site)), "wang")
    credentials = visitor.url
    set_password(visitor)
    visitor.client.delete_cookie("__Host-session", domain="id.example", path="/")
    visitor.get(credentials)
    assert visitor.page.elements["expired"]["data-kind"] == "expired"


def test_an_enrolment_belongs_to_its_browser(site: Site) -> None:
    visitor = identify(begin(site))
    other = site.visitor().get(visitor.url)
    assert other.page.elements["expired"]["data-kind"] == "expired"


def test_an_enrolment_without_a_portal_ends_in_the_account(site: Site) -> None:
    visitor = confirm_phone(site, site.visitor().get("/enrol"), NEWCOMER.phone)
    set_password(show_face(identify(visitor), "wang")).click("continue")
    assert visitor.path == "/account"


def test_an_enrolment_outlives_the_sign_in_that_it_was_for(site: Site) -> None:
    visitor = site.visitor().authorize().click("enrol")
    site.clock.advance(site.services.settings.protocol.interaction_seconds - 30)
    confirm_phone(site, visitor, NEWCOMER.phone)
    site.clock.advance(60)
    set_password(show_face(identify(visitor), "wang")).click("continue")
    assert visitor.path == "/account"


class TestRecovery:
    def begin(self, site: Site, client_id: str = HALL, phone: str = PERSON.phone) -> Visitor:
        visitor = site.visitor().authorize(client_id).click("recover").click("lost-password")
        return identify(confirm_phone(site, visitor, phone), PERSON)

    def test_a_forgotten_password_by_face(self, site: Site) -> None:
        visitor = set_password(show_face(self.begin(site), "zhang"))
        assert visitor.shows("access again")
        assert site.events("recovery_completed")[0]["level"] == 2
        assert visitor.click("continue").path == "/consent"

    def test_a_text_message_alone_restores_level_one(self, site: Site) -> None:
        visitor = self.begin(site)
        visitor.submit("account-phone-form", way="account_phone")
        assert visitor.path == "/enrol/credentials"
        set_password(visitor)
        assert visitor.page.elements["result"]["data-level"] == "1"
        visitor.click("continue")
        assert visitor.path == "/login"
        again = site.visitor().authorize().sign_in(PERSON, NEW_PASSWORD)
        assert again.path == "/login"

    def test_somebody_elses_phone_restores_nothing(self, site: Site) -> None:
        visitor = self.begin(site, phone=OTHER_PHONE)
        visitor.submit("account-phone-form", way="account_phone")
        assert visitor.shows("not enough")
        assert site.visitor().authorize().sign_in().path == "/consent"

    def test_a_recovery_ends_every_session_of_before(self, site: Site) -> None:
        before = site.visitor().authorize().sign_in()
        set_password(show_face(self.begin(site), "zhang"))
        assert before.get("/account").path == "/login"

    def test_a_recovery_ends_what_clients_were_given_before(self, site: Site) -> None:
        """Whoever had the account before may have let a client in that goes on in their absence."""
        found, scopes = site.services, ("openid", "offline_access")
        with found.sessions.begin() as session:
            person = directory.find_by_phone(session, found.index, PERSON.phone)
            assert person is not None
            context = AuditContext(at=found.clock())
            sharing.agree(session, person.id, HALL, scopes, "sign-in", asked=scopes, days=30, context=context)
        with found.engine.connect() as connection:
            before = sharing.agreed(connection, person.id, HALL)
        set_password(show_face(self.begin(site), "zhang"))
        with found.engine.connect() as connection:
            after = sharing.agreed(connection, person.id, HALL)
        assert before is not None
        assert after is not None
        assert after.id != before.id
        assert after.scopes == before.scopes

    def test_a_lost_phone_gives_way_to_the_new_one(self, site: Site) -> None:
        set_password(show_face(self.begin(site, phone=OTHER_PHONE), "zhang"))
        found = site.services
        with found.sessions() as session:
            person = directory.find_by_phone(session, found.index, OTHER_PHONE)
            assert person is not None
            assert directory.find_by_phone(session, found.index, PERSON.phone) is None
