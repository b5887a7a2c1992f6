import json
from datetime import timedelta

import pytest

from idp.staff import totp
from tests.idp.login.authenticator import Authenticator
from tests.idp.login.visitor import ISSUER, Site, Visitor
from tests.idp.staff_pages.officer import PASSWORD, Member, add, disable, invite, own_number, sign_in


@pytest.fixture
def clerk(site: Site) -> Member:
    return add(site, "C-1", "clerk")


def options(visitor: Visitor) -> dict[str, object]:
    form = visitor.page.elements["passkey-form"]
    response = visitor.client.post(
        form["data-options-url"], base_url=ISSUER, headers={"X-CSRF-Token": form["data-csrf"]}
    )
    found: dict[str, object] = json.loads(response.data)
    return found


def secret_on(page: Visitor) -> bytes:
    from base64 import b32decode

    return b32decode(page.page.texts["totp-secret"].replace(" ", ""))


def test_password_and_code_sign_in(site: Site, clerk: Member) -> None:
    visitor = sign_in(site, clerk)
    assert visitor.path == "/staff"
    assert visitor.page.texts["staff-number"] == "C-1"
    (event,) = site.events("staff_signed_in")
    assert (event["staff_id"], event["methods"]) == (clerk.id, ["pwd", "otp", "mfa"])


def test_where_one_wanted_to_go_one_comes(site: Site, clerk: Member) -> None:
    assert sign_in(site, clerk, target="/window").path == "/window"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/account", "/stafford"])
def test_a_planted_address_leads_to_the_first_page(site: Site, clerk: Member, target: str) -> None:
    site.clock.advance(30)
    visitor = Visitor(site).get(f"/staff/login?next={target}")
    visitor.submit("staff-form", staff_number="C-1", password=PASSWORD, code=clerk.code(site))
    assert visitor.path == "/staff"


@pytest.mark.parametrize(
    "changes", [{"staff_number": "C-9"}, {"password": "wrong"}, {"code": "000000"}, {"staff_number": "§"}]
)
def test_no_answer_says_what_was_wrong(site: Site, clerk: Member, changes: dict[str, str]) -> None:
    visitor = Visitor(site).get("/staff/login")
    given = {"staff_number": "C-1", "password": PASSWORD, "code": clerk.code(site)}
    visitor.submit("staff-form", **{**given, **changes})
    assert visitor.status == 422
    assert visitor.shows("Number, password or code is not right")
    assert site.events("staff_sign_in_refused")[-1]["reason"] == "wrong"


def test_attack_replay_of_a_totp_code(site: Site, clerk: Member) -> None:
    """RFC 6238 section 5.2: who looked over the shoulder has a code that was used."""
    sign_in(site, clerk)
    visitor = Visitor(site).get("/staff/login")
    visitor.submit("staff-form", staff_number="C-1", password=PASSWORD, code=clerk.code(site))
    assert visitor.status == 422
    site.clock.advance(totp.STEP_SECONDS)
    assert sign_in(site, clerk).path == "/staff"


def test_attack_guessing_codes(site: Site, clerk: Member) -> None:
    visitor = Visitor(site).get("/staff/login")
    for guess in range(20):
        visitor.submit("staff-form", staff_number="C-1", password=PASSWORD, code=f"{guess:06}")
        if visitor.status == 429:
            break
    assert visitor.status == 429
    visitor.submit("staff-form", staff_number="C-1", password=PASSWORD, code=clerk.code(site))
    assert visitor.status == 429
    assert site.events("staff_sign_in_delayed")


def test_a_disabled_account_signs_in_no_more(site: Site, clerk: Member) -> None:
    visitor = sign_in(site, clerk)
    disable(site, clerk)
    assert visitor.get("/staff").path == "/staff/login"
    assert sign_in(site, clerk).status == 422


def test_signing_out_ends_the_session(site: Site, clerk: Member) -> None:
    visitor = sign_in(site, clerk)
    cookie = visitor.client.get_cookie("__Host-staff", domain="id.example")
    assert cookie is not None
    visitor.submit("/staff/sign-out")
    assert visitor.path == "/staff/login"
    visitor.client.set_cookie("__Host-staff", cookie.value, domain="id.example", secure=True)
    assert visitor.get("/staff").path == "/staff/login"
    assert site.events("staff_signed_out")


def test_half_an_hour_of_silence_ends_it(site: Site, clerk: Member) -> None:
    visitor = sign_in(site, clerk)
    site.clock.advance(1700)
    assert visitor.get("/staff").path == "/staff"
    site.clock.advance(1700)
    assert visitor.get("/staff").path == "/staff"
    site.clock.advance(1801)
    assert visitor.get("/staff").path == "/staff/login"


def test_from_a_code_to_a_password_and_an_app(site: Site) -> None:
    code = invite(site, "C-2", "clerk", own=own_number(2))
    visitor = Visitor(site).get("/staff/activate")
    visitor.submit("activate-form", staff_number="c-2", code=code.lower())
    assert visitor.path == "/staff/activate/means"
    assert visitor.page.elements["totp-qr"]["src"].startswith("data:image/svg+xml")
    shown = totp.code_at(secret_on(visitor), totp.step_at(site.clock()))
    chosen = {"password": PASSWORD, "password_again": PASSWORD}
    visitor.submit("means-form", **chosen, code="000000")
    assert visitor.status == 422
    weak = own_number(2)[-8:]
    visitor.submit("means-form", password=weak, password_again=weak, code=shown)
    assert "password-error" in visitor.page.elements
    visitor.submit("means-form", **chosen, code=shown)
    assert visitor.path == "/staff"
    assert site.events("staff_means_set")[-1]["means"] == "password_and_totp"
    # The code that showed the app to be right is used up, and so is the activation code.
    again = Visitor(site).get("/staff/login")
    again.submit("staff-form", staff_number="C-2", password=PASSWORD, code=shown)
    assert again.status == 422
    again.get("/staff/activate").submit("activate-form", staff_number="C-2", code=code)
    assert again.status == 422


def test_from_a_code_to_a_passkey_alone(site: Site) -> None:
    code, device = invite(site, "C-3", "clerk", own=own_number(3)), Authenticator(ISSUER)
    visitor = Visitor(site).get("/staff/activate").submit("activate-form", staff_number="C-3", code=code)
    visitor.submit("passkey-form", credential=device.create(options(visitor)), label="key")
    assert visitor.path == "/staff"
    visitor.submit("/staff/sign-out")
    visitor.submit("passkey-form", credential=device.get(options(visitor)))
    assert visitor.path == "/staff"
    assert site.events("staff_signed_in")[-1]["methods"] == ["hwk", "user"]
    device.sign_count = 0
    copied = Visitor(site).get("/staff/login")
    copied.submit("passkey-form", credential=device.get(options(copied)))
    assert copied.status == 422
    assert site.events("staff_passkey_cloned")


def test_attack_a_key_that_verifies_nobody(site: Site) -> None:
    code = invite(site, "C-3", "clerk", own=own_number(3))
    device = Authenticator(ISSUER, verifies_user=False)
    visitor = Visitor(site).get("/staff/activate").submit("activate-form", staff_number="C-3", code=code)
    visitor.submit("passkey-form", credential=device.create(options(visitor)))
    assert visitor.status == 422


def test_attack_an_activation_that_goes_on_after_a_reset(site: Site) -> None:
    """Somebody has found the first code; the clerk asks for another one."""
    code = invite(site, "C-2", "clerk", own=own_number(2))
    thief = Visitor(site).get("/staff/activate").submit("activate-form", staff_number="C-2", code=code)
    known = site.app.extensions["yitong.staff"].accounts
    with site.services.sessions.begin() as session:
        from idp.audit.context import AuditContext
        from idp.staff import accounts

        account = accounts.find(session, "C-2", for_update=True)
        assert account is not None
        known.reset(session, account, context=AuditContext(site.clock()))
    shown = totp.code_at(secret_on(thief), totp.step_at(site.clock()))
    thief.submit("means-form", password=PASSWORD, password_again=PASSWORD, code=shown)
    assert thief.status == 410
    assert not site.events("staff_signed_in")


def test_attack_guessing_activation_codes(site: Site) -> None:
    code = invite(site, "C-2", "clerk", own=own_number(2))
    visitor = Visitor(site).get("/staff/activate")
    for _guess in range(20):
        visitor.submit("activate-form", staff_number="C-2", code="0000-0000-0000")
        if visitor.status == 429:
            break
    visitor.submit("activate-form", staff_number="C-2", code=code)
    assert visitor.status == 429


def test_an_activation_in_another_browser_is_nobodys(site: Site) -> None:
    code = invite(site, "C-2", "clerk", own=own_number(2))
    visitor = Visitor(site).get("/staff/activate").submit("activate-form", staff_number="C-2", code=code)
    other = Visitor(site).get(visitor.url)
    assert "totp-secret" not in other.page.elements


def test_an_old_activation_code_is_none(site: Site) -> None:
    code = invite(site, "C-2", "clerk", own=own_number(2))
    site.clock.now += timedelta(hours=72)
    visitor = Visitor(site).get("/staff/activate").submit("activate-form", staff_number="C-2", code=code)
    assert visitor.status == 422
