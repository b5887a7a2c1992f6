import json

import pytest

from tests.idp.login.authenticator import Authenticator
from tests.idp.login.visitor import HALL, ISSUER, TAX, Site, Visitor


def options(visitor: Visitor) -> dict[str, object]:
    form = visitor.page.elements["passkey-form"]
    response = visitor.client.post(
        form["data-options-url"], base_url=ISSUER, headers={"X-CSRF-Token": form["data-csrf"]}
    )
    found: dict[str, object] = json.loads(response.data)
    return found


def use(visitor: Visitor, device: Authenticator) -> Visitor:
    return visitor.submit("passkey-form", credential=device.get(options(visitor)))


def add(visitor: Visitor, device: Authenticator, label: str = "my phone") -> Visitor:
    visitor.get("/account")
    return visitor.submit("passkey-form", credential=device.create(options(visitor)), label=label)


@pytest.fixture
def device(site: Site) -> Authenticator:
    """Bound in a session of level 2."""
    device = Authenticator(ISSUER)
    visitor = site.visitor().authorize().sign_in()
    assert "my phone" in add(visitor, device).page.text
    return device


@pytest.fixture
def strong_device(site: Site) -> Authenticator:
    """Bound while the person was present."""
    device = Authenticator(ISSUER)
    visitor = site.visitor().authorize(TAX).sign_in()
    visitor.click("way-face").consent_to_face().show_face()
    add(visitor, device)
    return device


def test_a_passkey_signs_in_without_a_number(site: Site, device: Authenticator) -> None:
    visitor = use(site.visitor().authorize(), device)
    assert visitor.path == "/consent"
    event = site.events("signed_in")[-1]
    assert (event["level"], event["methods"], event["client_id"]) == (2, ["passkey"], HALL)


def test_a_passkey_bound_while_present_shows_presence(site: Site, strong_device: Authenticator) -> None:
    visitor = use(site.visitor().authorize(TAX), strong_device)
    assert visitor.path == "/consent"
    assert site.events("signed_in")[-1]["level"] == 3


def test_a_passkey_bound_below_does_not_reach(site: Site, device: Authenticator) -> None:
    visitor = use(site.visitor().authorize(TAX), device)
    assert visitor.path == "/login/presence"
    use(visitor, device)
    assert visitor.status == 422
    assert visitor.shows("added when you had shown less")
    assert site.events("sign_in_refused")[-1]["reason"] == "level"


def test_step_up_by_passkey_instead_of_a_face(site: Site, strong_device: Authenticator) -> None:
    visitor = site.visitor().authorize(TAX).sign_in()
    assert visitor.path == "/login/presence"
    assert use(visitor, strong_device).path == "/consent"
    assert site.events("stepped_up")[-1]["methods"] == ["passkey"]


def test_options_say_nothing_about_anybody(site: Site, device: Authenticator) -> None:
    known = options(site.visitor().authorize())
    assert not known.get("allowCredentials")
    assert known.keys() == options(site.visitor().authorize()).keys()


def test_an_unknown_passkey_is_refused_in_words(site: Site) -> None:
    visitor = use(site.visitor().authorize(), Authenticator(ISSUER))
    assert visitor.status == 422
    assert visitor.shows("not recognised")
    assert site.events("sign_in_refused")[-1]["reason"] == "unknown"
    assert visitor.get(visitor.url).path == "/login"


def test_a_copied_passkey_is_noticed(site: Site, device: Authenticator) -> None:
    use(site.visitor().authorize(), device)
    device.sign_count = 0
    visitor = use(site.visitor().authorize(), device)
    assert visitor.status == 422
    assert site.events("passkey_cloned")


def test_a_removed_passkey_signs_nobody_in(site: Site, device: Authenticator) -> None:
    own = site.visitor().authorize().sign_in().get("/account")
    own.submit(next(form for form in own.page.forms if form.endswith("/remove")))
    assert "no-passkeys" in own.page.elements
    visitor = use(site.visitor().authorize(), device)
    assert visitor.shows("not recognised")


def test_one_device_is_added_once(site: Site, device: Authenticator) -> None:
    visitor = add(site.visitor().authorize().sign_in(), device)
    assert visitor.status == 422
