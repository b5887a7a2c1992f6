import pytest

from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.models import ClientRecord, ClientStatus
from tests.idp.login.visitor import HALL, PERSON, Site, Visitor

NEW_PASSWORD = "seven lamps at night"


@pytest.fixture
def home(site: Site) -> Visitor:
    visitor = site.visitor().get("/account").sign_in()
    assert visitor.path == "/account"
    return visitor


def change(visitor: Visitor, current: str, password: str, again: str | None = None) -> Visitor:
    visitor.click("change-password")
    return visitor.submit(
        "password-form", current=current, password=password, password_again=again or password
    )


def test_it_says_who_i_am_masked(home: Visitor) -> None:
    texts = home.page.texts
    assert texts["account-name"] == "**丰"
    assert texts["account-number"] == PERSON.number[0] + "*" * 16 + PERSON.number[-1]
    assert texts["account-phone"].endswith("8000")
    assert PERSON.number not in home.body
    assert PERSON.name not in home.body


def test_the_password_is_changed_and_other_sessions_end(site: Site, home: Visitor) -> None:
    elsewhere = site.visitor().get("/account").sign_in()
    change(home, PERSON.password, NEW_PASSWORD)
    assert home.path == "/account"
    assert home.get("/account").path == "/account"
    assert elsewhere.get("/account").path == "/login"
    assert site.visitor().get("/account").sign_in(password=NEW_PASSWORD).path == "/account"
    assert site.events("password_changed")[-1]["way"] == "change"


def test_the_present_password_is_asked_for(site: Site, home: Visitor) -> None:
    change(home, "not the right one", NEW_PASSWORD)
    assert home.status == 422
    assert "current-password-error" in home.page.elements


def test_a_weak_password_and_a_slip_are_told(home: Visitor) -> None:
    assert "password-error" in change(home, PERSON.password, "1234567890").page.elements
    home.get("/account")
    assert "password-again-error" in change(home, PERSON.password, NEW_PASSWORD, "x").page.elements


def test_a_text_message_alone_changes_no_credential(site: Site) -> None:
    visitor = site.visitor().get("/login").click("way-sms").submit("phone-form", phone=PERSON.phone)
    visitor.submit("code-form", code=site.code())
    assert visitor.path == "/account"
    change(visitor, PERSON.password, NEW_PASSWORD)
    assert visitor.status == 403
    assert visitor.shows("A text message alone")


def test_a_consent_is_seen_and_withdrawn(site: Site) -> None:
    visitor = site.visitor().authorize(HALL).sign_in().agree().get("/account")
    assert "City Service Hall" in visitor.page.texts["consents"]
    visitor.submit(f"/account/consents/{HALL}/withdraw")
    assert "no-consents" in visitor.page.elements
    assert site.events("consent_withdrawn")
    assert visitor.authorize(HALL).path == "/consent"


def test_a_service_is_opened_from_the_list(site: Site) -> None:
    """OpenID Connect Core 1.0 section 4. Services that have no such address have no link."""
    visitor = site.visitor().authorize(HALL).sign_in().agree().get("/account")
    assert visitor.page.elements["open-1"]["href"] == "https://hall.example/in?iss=https%3A%2F%2Fid.example"
    with site.services.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        record.status = ClientStatus.SUSPENDED
    site.clock.advance(SECONDS + 1)
    assert "open-1" not in visitor.get("/account").page.elements


def test_signing_out_ends_the_session(site: Site, home: Visitor) -> None:
    secret = home.client.get_cookie("__Host-session", domain="id.example")
    home.submit("/account/sign-out")
    assert home.get("/account").path == "/login"
    assert secret is not None
    home.client.set_cookie("__Host-session", secret.value, domain="id.example", secure=True)
    assert home.get("/account").path == "/login"
    assert site.events("signed_out")


@pytest.mark.parametrize(
    "path",
    [
        "/account/sign-out",
        "/account/password",
        "/account/passkeys",
        "/account/passkeys/options",
        "/account/passkeys/x/remove",
        "/account/face-consent/withdraw",
        "/account/consents/x/withdraw",
    ],
)
def test_nothing_changes_without_the_forms_token(home: Visitor, path: str) -> None:
    assert home.client.post(path, base_url="https://id.example").status_code == 403


def test_the_sandbox_shows_its_messages(site: Site) -> None:
    visitor = site.visitor().authorize().click("way-sms").submit("phone-form", phone=PERSON.phone)
    site.messages()
    visitor.click("sandbox-messages")
    assert "verification code" in visitor.page.texts["messages"]
