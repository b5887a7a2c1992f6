from tests.idp.login.visitor import CHILD, HALL, NEWCOMER, PERSON, TAX, Site, Visitor


def test_a_person_signs_in_with_a_password_and_comes_back_with_a_code(site: Site) -> None:
    visitor = site.visitor().authorize()
    assert visitor.path == "/login"
    visitor.sign_in()
    visitor.agree()
    assert visitor.is_back_at_the_portal
    assert visitor.query["state"] == "the-state"
    assert "code" in visitor.query
    (event,) = site.events("signed_in")
    assert (event["client_id"], event["level"], event["methods"]) == (HALL, 2, ["password"])


def test_the_session_gets_a_new_id_with_each_proof(site: Site) -> None:
    visitor = site.visitor().authorize()
    visitor.client.set_cookie("__Host-session", "planted", domain="id.example", secure=True)
    visitor.sign_in()
    first = visitor.client.get_cookie("__Host-session", domain="id.example")
    assert first is not None
    assert first.value != "planted"
    assert first.secure
    assert first.http_only


def test_wrong_password_and_unknown_number_read_the_same(site: Site) -> None:
    def answer(visitor: Visitor, number: str) -> tuple[int, str]:
        visitor.authorize().submit("password-form", number=number, password="not the right one")
        return visitor.status, visitor.page.texts["error"]

    known = answer(site.visitor(), PERSON.number)
    unknown = answer(site.visitor(), NEWCOMER.number)
    assert known == unknown
    assert known[0] == 422


def test_the_number_may_be_typed_as_it_comes(site: Site) -> None:
    visitor = site.visitor().authorize()
    typed = " ".join([PERSON.number[:6], PERSON.number[6:14], PERSON.number[14:].lower()])
    visitor.submit("password-form", number=typed, password=PERSON.password)
    assert visitor.path == "/consent"


def test_a_number_that_cannot_be_right_is_told_at_its_field(site: Site) -> None:
    visitor = site.visitor().authorize().submit("password-form", number="123", password="x")
    assert visitor.status == 422
    assert "18 characters" in visitor.page.texts["number-error"]


def test_after_some_failures_there_is_a_wait_that_ends(site: Site) -> None:
    visitor = site.visitor().authorize()
    for _ in range(site.services.settings.limits.account_free_failures + 2):
        visitor.sign_in(password="not the right one")
    assert "wait" in visitor.page.elements
    visitor.sign_in()
    assert visitor.status == 429
    assert site.events("sign_in_delayed")
    site.clock.advance(60)
    visitor.sign_in()
    assert visitor.path == "/consent"


def test_a_known_device_is_not_kept_out_by_strangers(site: Site) -> None:
    own = site.visitor().authorize().sign_in()
    assert own.path == "/consent"
    for serial in range(30):
        stranger = Visitor(site, address=f"198.51.100.{serial}").authorize()
        stranger.sign_in(password="not the right one")
    own.client.delete_cookie("__Host-session", domain="id.example", path="/")
    own.authorize().sign_in()
    assert own.path == "/consent"


def test_a_frozen_account_is_told_after_the_password_alone(site: Site) -> None:
    _freeze(site)
    wrong = site.visitor().authorize().sign_in(password="not the right one")
    assert not wrong.shows("frozen")
    right = site.visitor().authorize().sign_in()
    assert right.status == 403
    assert right.shows("frozen")
    assert site.visitor().get("/account").path == "/login"


def test_a_second_portal_knows_the_person_without_asking(site: Site) -> None:
    visitor = site.visitor().authorize().sign_in().agree()
    visitor.authorize(HALL)
    assert visitor.is_back_at_the_portal


def test_the_page_offers_the_same_ways_before_and_after_a_wrong_number(site: Site) -> None:
    visitor = site.visitor().authorize()
    ways = {"way-passkey", "way-sms", "way-password", "enrol", "recover"}
    assert ways <= visitor.page.elements.keys()
    visitor.sign_in(NEWCOMER, "not the right one")
    assert ways <= visitor.page.elements.keys()


def test_a_foreign_interaction_and_an_expired_one_each_have_a_page(site: Site) -> None:
    visitor = site.visitor().authorize()
    url = visitor.url
    other = site.visitor().authorize()
    assert other.get(url).page.elements["expired"]["data-kind"] == "foreign"
    site.clock.advance(site.services.settings.protocol.interaction_seconds)
    visitor.sign_in()
    assert visitor.page.elements["expired"]["data-kind"] == "expired"
    assert visitor.page.elements["back-to-portal"]["href"] == "https://hall.example/"


def test_without_cookies_a_form_says_so(site: Site) -> None:
    visitor = site.visitor().authorize()
    visitor.client.delete_cookie("__Host-browser", domain="id.example", path="/")
    visitor.sign_in()
    assert "cookies-blocked" in visitor.page.elements


def test_the_back_button_after_the_end_leads_home(site: Site) -> None:
    visitor = site.visitor().authorize()
    login = visitor.url
    visitor.sign_in().agree()
    visitor.get(login)
    assert visitor.page.elements["expired"]["data-kind"] == "finished"


def test_login_without_a_portal_leads_to_the_account(site: Site) -> None:
    visitor = site.visitor().get("/login")
    assert visitor.path == "/login"
    visitor.sign_in()
    assert visitor.path == "/account"


def test_a_foreign_target_is_not_followed(site: Site) -> None:
    visitor = site.visitor().get("/login?next=//evil.example/")
    visitor.sign_in()
    assert visitor.path == "/account"


def test_a_child_signs_in_but_shows_no_face(site: Site) -> None:
    visitor = site.visitor().authorize(TAX).sign_in(CHILD)
    assert visitor.path == "/login/presence"
    assert "way-face" not in visitor.page.elements
    assert "face-unavailable" in visitor.page.elements
    visitor.get(visitor.url.replace("/login/presence", "/login/face"))
    assert visitor.path == "/login/presence"


def _freeze(site: Site) -> None:
    from idp.audit import AuditContext
    from idp.people import directory, statuses

    found = site.services
    with found.sessions.begin() as session:
        person = directory.find_by_number(session, found.index, PERSON.number)
        assert person is not None
        statuses.freeze(session, person, reason="test", context=AuditContext(at=found.clock()))
