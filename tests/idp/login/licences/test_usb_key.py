"""A licence on a USB key, behind a proxy that has ended TLS and tells of the certificate."""

import dataclasses
from urllib.parse import quote, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.idp.login.licences.licensing import Licence, Licensing
from tests.idp.login.visitor import HALL, ISSUER, NEWCOMER, TAX, Site, Visitor

KEYS = "https://key.id.example"
PROXY = "192.0.2.250"


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_LICENCES__USB_KEY_ORIGIN": KEYS, "IDP_SERVER__TRUSTED_PROXIES": PROXY}


def at_the_key(site: Site, client: str = HALL) -> Visitor:
    visitor = site.visitor().authorize(client)
    return visitor.click("way-licence").click("way-licence-key")


def to_the_host_of_keys(visitor: Visitor) -> str:
    """Press the button; the address at the other host."""
    visitor.submit("key-form")
    assert visitor.url.startswith(f"{KEYS}/login/licence/usb-key/certificate?ticket=")
    return visitor.url


def show(site: Site, url: str, licence: Licence | None, peer: str = PROXY) -> TestResponse:
    """The browser at the host of the keys, without a cookie; nginx tells of its certificate."""
    pem = "" if licence is None else quote(licence.certificate.decode(), safe="")
    return site.app.test_client().get(
        urlsplit(url).path,
        query_string=urlsplit(url).query,
        base_url=KEYS,
        environ_overrides={"REMOTE_ADDR": peer},
        headers={"X-Client-Certificate": pem, "X-Client-Verified": "FAILED:unable to verify"},
    )


def come_back(visitor: Visitor, answer: TestResponse) -> Visitor:
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{ISSUER}/login/licence/usb-key/back?")
    return visitor.get(answer.headers["Location"].removeprefix(ISSUER))


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_a_key_signs_its_holder_in(licensing: Licensing, site: Site, kind: str) -> None:
    licensing.authority(kind)
    licence = licensing.issue(kind, hardware=True)
    visitor = at_the_key(site)
    assert come_back(visitor, show(site, to_the_host_of_keys(visitor), licence)).path == "/consent"
    (accepted,) = site.events("licence_accepted")
    assert (accepted["carrier"], accepted["level"]) == ("usb_key", 4)
    assert site.events("signed_in")[0]["methods"] == ["licence"]


def test_presence_is_shown_by_a_key(licensing: Licensing, site: Site) -> None:
    visitor = site.visitor().authorize(TAX).sign_in().click("way-licence").click("way-licence-key")
    come_back(visitor, show(site, to_the_host_of_keys(visitor), licensing.issue()))
    assert visitor.path == "/consent"
    assert site.events("stepped_up")[0]["methods"] == ["licence"]


def test_the_form_may_lead_to_the_host_of_keys(licensing: Licensing, site: Site) -> None:
    visitor = at_the_key(site)
    policy = visitor.client.get(visitor.url, base_url=ISSUER).headers["Content-Security-Policy"]
    assert KEYS in policy.partition("form-action")[2].split()


def test_no_certificate_was_chosen(licensing: Licensing, site: Site) -> None:
    visitor = at_the_key(site)
    come_back(visitor, show(site, to_the_host_of_keys(visitor), None))
    assert visitor.status == 422
    assert visitor.shows("showed no certificate")
    (refused,) = site.events("licence_refused")
    assert (refused["rule"], refused["carrier"]) == ("no_certificate", "usb_key")


@pytest.mark.parametrize("problem", ["revoked", "holder", "register"])
def test_what_holds_for_every_licence_holds_here(licensing: Licensing, site: Site, problem: str) -> None:
    licence = licensing.issue()
    if problem == "revoked":
        licensing.revoke(licence)
    if problem == "holder":
        licensing.register.tell(by=NEWCOMER)
    licensing.register.is_down = problem == "register"
    visitor = at_the_key(site)
    come_back(visitor, show(site, to_the_host_of_keys(visitor), licence))
    assert visitor.status == 422
    assert visitor.page.elements["key-form"]["data-refused-by"] == problem
    assert site.events("licence_refused")[0]["rule"] == problem


def test_a_certificate_that_a_caller_sends_as_a_header_is_nothing(licensing: Licensing, site: Site) -> None:
    """Only the proxy is believed."""
    visitor = at_the_key(site)
    come_back(visitor, show(site, to_the_host_of_keys(visitor), licensing.issue(), peer="198.51.100.9"))
    assert visitor.shows("showed no certificate")


def test_a_link_to_the_host_of_keys_that_is_sent_round_signs_nobody_in(
    licensing: Licensing, site: Site
) -> None:
    """The victim's browser shows its certificate, maybe unasked. The one who sent the link gets nothing of
    it, and the victim's browser has no such sign-in."""
    attacker, victim = at_the_key(site), at_the_key(site)
    answer = show(site, to_the_host_of_keys(attacker), licensing.issue())
    come_back(victim, answer)
    assert victim.status >= 400
    assert not site.events("signed_in")
    assert attacker.authorize().path == "/login"


def test_what_another_browser_showed_is_good_in_no_other_sign_in(licensing: Licensing, site: Site) -> None:
    """Even with the receipt in hand: it belongs to the sign-in that it was made for."""
    first, second = at_the_key(site), at_the_key(site)
    own = second.query["interaction"]
    answer = show(site, to_the_host_of_keys(first), licensing.issue())
    secret = answer.headers["Location"].rpartition("shown=")[2]
    second.get(f"/login/licence/usb-key/back?interaction={own}&shown={secret}")
    assert second.path == "/login/licence/usb-key"
    assert not site.events("signed_in")


def test_without_the_pages_token_no_key_is_asked_for(licensing: Licensing, site: Site) -> None:
    visitor = at_the_key(site)
    answer = visitor.client.post(visitor.url, base_url=ISSUER)
    assert answer.status_code == 403


def test_a_ticket_is_good_once(licensing: Licensing, site: Site) -> None:
    visitor = at_the_key(site)
    url = to_the_host_of_keys(visitor)
    assert show(site, url, licensing.issue()).status_code == 303
    assert show(site, url, licensing.issue()).status_code >= 400


def test_what_was_shown_is_good_once(licensing: Licensing, site: Site) -> None:
    visitor = at_the_key(site)
    answer = show(site, to_the_host_of_keys(visitor), licensing.issue())
    assert come_back(visitor, answer).path == "/consent"
    visitor.client.delete_cookie("__Host-session", domain="id.example")
    assert come_back(visitor, answer).path == "/login/licence/usb-key"
    assert len(site.events("signed_in")) == 1


def test_what_was_shown_is_good_for_a_minute(licensing: Licensing, site: Site) -> None:
    visitor = at_the_key(site)
    answer = show(site, to_the_host_of_keys(visitor), licensing.issue())
    site.clock.advance(60)
    assert come_back(visitor, answer).path == "/login/licence/usb-key"


def test_a_host_of_keys_alone_signs_nobody_in(licensing: Licensing, site: Site) -> None:
    """Where no sign-in leads there, a certificate is nothing."""
    answer = show(site, f"{KEYS}/login/licence/usb-key/certificate?ticket=", licensing.issue())
    assert answer.status_code >= 400
    assert "__Host-session" not in answer.headers.get("Set-Cookie", "")


def test_a_certificate_in_a_form_is_no_key_that_was_shown(licensing: Licensing, site: Site) -> None:
    """That TLS has shown it only the proxy says: a form without a signature proves nothing."""
    visitor = site.visitor().authorize().click("way-licence").click("way-licence-signature")
    licence = licensing.issue()
    visitor.submit("agent-form", certificate=licence.certificate.decode(), chain=licence.chain.decode())
    assert visitor.status == 422
    assert not site.events("signed_in")


def test_where_no_host_is_named_no_key_is_asked_for(licensing: Licensing, site: Site) -> None:
    settings = site.services.settings
    licences = settings.licences.model_copy(update={"usb_key_origin": ""})
    site.app.extensions["yitong"] = dataclasses.replace(
        site.services, settings=settings.model_copy(update={"licences": licences})
    )
    visitor = site.visitor().authorize()
    here = visitor.query["interaction"]
    assert "way-licence-key" not in visitor.click("way-licence").page.elements
    assert visitor.get(f"/login/licence/usb-key?interaction={here}").path == "/login"
