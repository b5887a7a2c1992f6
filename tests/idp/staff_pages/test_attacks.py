"""Staff and citizens in one browser, cookies in the wrong place, forms of other sites."""

import pytest

from idp.staff_pages.login_views import CODES_OF_ONE_ACCOUNT
from tests.idp.login.authenticator import Authenticator
from tests.idp.login.test_passkey_sign_in import add as add_citizens_passkey
from tests.idp.login.test_passkey_sign_in import options
from tests.idp.login.visitor import ISSUER, Site, Visitor
from tests.idp.staff_pages.officer import PASSWORD, Member, add, sign_in

STAFF, CITIZEN = "__Host-staff", "__Host-session"


@pytest.fixture
def clerk(site: Site) -> Member:
    return add(site, "C-1", "clerk")


def cookie(visitor: Visitor, name: str) -> str:
    found = visitor.client.get_cookie(name, domain="id.example")
    assert found is not None, name
    return found.value


def put(visitor: Visitor, name: str, value: str) -> Visitor:
    visitor.client.set_cookie(name, value, domain="id.example", secure=True)
    return visitor


def test_attack_a_staff_cookie_opens_no_citizens_page(site: Site, clerk: Member) -> None:
    officer = sign_in(site, clerk)
    put(officer, CITIZEN, cookie(officer, STAFF))
    assert officer.get("/account").path == "/login"


def test_attack_a_citizens_cookie_opens_no_page_of_staff(site: Site, clerk: Member) -> None:
    citizen = site.visitor().authorize().sign_in()
    put(citizen, STAFF, cookie(citizen, CITIZEN))
    for path in ("/staff", "/window", "/staff/changes", "/window/activation"):
        assert citizen.get(path).path == "/staff/login"


def test_both_may_be_signed_in_in_one_browser(site: Site, clerk: Member) -> None:
    both = sign_in(site, clerk)
    both.authorize().sign_in()
    assert both.get("/account").path == "/account"
    assert both.get("/staff").path == "/staff"
    both.submit("/staff/sign-out")
    assert both.get("/account").path == "/account"


def test_attack_session_fixation(site: Site, clerk: Member) -> None:
    """A cookie that was there before the sign-in, known to somebody else, is worth nothing after it."""
    site.clock.advance(30)
    visitor = put(Visitor(site).get("/staff/login"), STAFF, "planted")
    visitor.submit("staff-form", staff_number="C-1", password=PASSWORD, code=clerk.code(site))
    first = cookie(visitor, STAFF)
    assert first != "planted"
    site.clock.advance(30)
    visitor.client.delete_cookie(STAFF, domain="id.example")
    visitor.get("/staff/login")
    put(visitor, STAFF, first)
    visitor.submit("staff-form", staff_number="C-1", password=PASSWORD, code=clerk.code(site))
    assert cookie(visitor, STAFF) != first
    assert put(visitor, STAFF, first).get("/staff").path == "/staff/login"


def test_attack_a_stolen_cookie_in_another_browser(site: Site, clerk: Member) -> None:
    stolen = cookie(sign_in(site, clerk), STAFF)
    assert put(Visitor(site).get("/staff/login"), STAFF, stolen).get("/staff").path == "/staff/login"


def test_the_cookie_is_out_of_reach(site: Site, clerk: Member) -> None:
    site.clock.advance(30)
    visitor = Visitor(site).get("/staff/login")
    form = visitor.page.forms["staff-form"]
    answer = visitor.client.post(
        "/staff/login",
        data={**form.fields, "staff_number": "C-1", "password": PASSWORD, "code": clerk.code(site)},
        base_url=ISSUER,
    )
    (given,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith(STAFF)]
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in given.split(";")}


@pytest.mark.parametrize(
    "path",
    [
        *("/staff/login", "/staff/login/passkey", "/staff/activate", "/staff/activate/means"),
        *("/staff/sign-out", "/staff/passkeys", "/staff/changes/1", "/window", "/window/activation"),
        *("/window/help/1", "/window/help/1/give-up", "/login/window", "/login/window/answer"),
    ],
)
def test_attack_csrf(site: Site, clerk: Member, path: str) -> None:
    officer = sign_in(site, clerk)
    for headers, data in (({}, {}), ({"Sec-Fetch-Site": "cross-site"}, {"csrf_token": "x"})):
        answer = officer.client.post(path, data=data, headers=headers, base_url=ISSUER)
        assert answer.status_code == 403


def test_attack_a_citizens_passkey_at_the_staff_page_and_the_other_way_round(
    site: Site, clerk: Member
) -> None:
    device = Authenticator(ISSUER)
    add_citizens_passkey(site.visitor().authorize().sign_in(), device)
    staff_page = Visitor(site).get("/staff/login")
    staff_page.submit("passkey-form", credential=device.get(options(staff_page)))
    assert staff_page.status == 422
    # A challenge of one side does not serve on the other.
    staff_page.get("/staff/login")
    challenge = options(staff_page)
    staff_page.authorize()
    staff_page.submit("passkey-form", credential=device.get(challenge))
    assert staff_page.status == 422
    assert site.events("sign_in_refused")[-1]["reason"] == "expired"


def test_a_page_of_another_role_says_no_and_it_is_recorded(site: Site) -> None:
    auditor = sign_in(site, add(site, "A-1", "auditor"))
    assert auditor.get("/window").status == 403
    assert site.events("staff_refused")[-1]["page"] == "window.home"
    assert "to-window" not in auditor.get("/staff").page.elements


def test_a_role_that_was_taken_is_gone_with_the_next_request(site: Site, clerk: Member) -> None:
    officer = sign_in(site, clerk)
    with site.services.sessions.begin() as session:
        from idp.staff.models import StaffAccount

        session.get_one(StaffAccount, clerk.id).roles = ["auditor"]
    assert officer.get("/window").status == 403


def test_attack_a_frame_around_the_pages(site: Site, clerk: Member) -> None:
    officer = sign_in(site, clerk)
    for path in ("/staff", "/window", "/staff/login", "/window/activation"):
        answer = officer.client.get(path, base_url=ISSUER)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_attack_who_has_the_password_guesses_codes_for_weeks(site: Site, clerk: Member) -> None:
    """From everywhere, as slowly as they are let: a code of six digits outlasts no patience by itself."""
    for guess in range(CODES_OF_ONE_ACCOUNT + 1):
        thief = Visitor(site, address=f"198.51.100.{guess + 1}").get("/staff/login")
        site.clock.advance(120)
        thief.submit("staff-form", staff_number="C-1", password=PASSWORD, code="00000a")
        assert thief.status == 422
    site.clock.advance(120)
    thief.submit("staff-form", staff_number="C-1", password=PASSWORD, code=clerk.code(site))
    assert thief.status == 422
    assert {one["reason"] for one in site.events("staff_sign_in_refused")[-2:]} == {"codes", "wrong"}
    site.clock.advance(86400)
    assert sign_in(site, clerk).path == "/staff"


def test_attack_wrong_passwords_use_up_nobodys_codes(site: Site, clerk: Member) -> None:
    """Or whoever knows a staff number would lock its holder out."""
    for guess in range(CODES_OF_ONE_ACCOUNT + 1):
        stranger = Visitor(site, address=f"198.51.100.{guess + 1}").get("/staff/login")
        site.clock.advance(120)
        stranger.submit("staff-form", staff_number="C-1", password="wrong", code="000000")
    site.clock.advance(120)
    assert sign_in(site, clerk).path == "/staff"
