from idp.oidc.clients.models import ClientRecord
from tests.idp.login.test_enrolment import activation_code
from tests.idp.login.visitor import CHILD, PERSON, TAX, Site, Visitor


def at_the_window(site: Site) -> Visitor:
    return site.visitor().authorize(TAX).sign_in(CHILD).click("way-activation")


def test_a_code_from_a_window_shows_presence_without_a_face(site: Site) -> None:
    visitor = at_the_window(site)
    visitor.submit("activation-form", code=activation_code(site, CHILD.number))
    assert visitor.path == "/consent"
    (event,) = site.events("stepped_up")
    assert (event["level"], event["methods"]) == (3, ["activation_code"])
    assert site.events("activation_code_used")


def test_a_code_counts_once(site: Site) -> None:
    code = activation_code(site, CHILD.number)
    at_the_window(site).submit("activation-form", code=code)
    again = at_the_window(site).submit("activation-form", code=code)
    assert again.status == 422
    assert site.events("activation_code_refused")


def test_a_code_is_for_its_own_number(site: Site) -> None:
    visitor = at_the_window(site).submit("activation-form", code=activation_code(site, PERSON.number))
    assert visitor.status == 422


def test_an_old_code_does_not_say_that_the_person_is_here_now(site: Site) -> None:
    code = activation_code(site, CHILD.number)
    site.clock.advance(site.services.settings.protocol.presence_seconds + 1)
    visitor = at_the_window(site).submit("activation-form", code=code)
    assert visitor.status == 422
    assert visitor.shows("new one")
    assert not site.events("activation_code_used")


def test_a_client_that_counts_presence_for_less_takes_no_older_code(site: Site) -> None:
    with site.services.sessions.begin() as session:
        record = session.get_one(ClientRecord, TAX)
        record.metadata_json = {**record.metadata_json, "presence_seconds": 60}
    code = activation_code(site, CHILD.number)
    site.clock.advance(61)
    visitor = at_the_window(site).submit("activation-form", code=code)
    assert visitor.status == 422
    assert not site.events("activation_code_used")


def test_nobody_signed_in_sees_no_such_page(site: Site) -> None:
    visitor = site.visitor().authorize(TAX)
    visitor.get(f"/login/activation?interaction={visitor.query['interaction']}")
    assert visitor.path == "/login"
