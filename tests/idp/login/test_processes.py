"""Any process may serve any request; a restart in the middle of a sign-in is not noticed."""

import dataclasses

import pytest

from idp import create_app
from idp.login.factors.face import FaceChecks
from idp.login.services import KEY
from tests.idp.login.test_enrolment import begin, identify, set_password
from tests.idp.login.visitor import TAX, Site, Visitor


@pytest.fixture
def restart(site: Site) -> "Restart":
    return Restart(site)


class Restart:
    """Makes further processes over the same files; the visitor's browser keeps its cookies."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, visitor: Visitor) -> None:
        site = self.site
        app = create_app(site.services.settings, clock=site.clock)
        checks = FaceChecks(lambda: site.engine, at_once=2)
        app.extensions[KEY] = dataclasses.replace(app.extensions[KEY], faces=checks)
        cookies = [visitor.client.get_cookie(name, domain="id.example") for name in COOKIES]
        visitor.client = app.test_client()
        for cookie in cookies:
            if cookie is not None:
                visitor.client.set_cookie(cookie.key, cookie.value, domain="id.example", secure=True)


COOKIES = ("__Host-browser", "__Host-session")


def test_a_restart_at_every_page_of_a_sign_in(site: Site, restart: Restart) -> None:
    visitor = site.visitor().authorize(TAX)
    restart(visitor)
    visitor.sign_in()
    restart(visitor)
    visitor.click("way-face")
    restart(visitor)
    visitor.consent_to_face()
    restart(visitor)
    answer = visitor.show_face()
    restart(visitor)
    visitor.get(answer["next"])
    restart(visitor)
    visitor.agree()
    assert visitor.is_back_at_the_portal


def test_each_batch_may_reach_another_process(site: Site, restart: Restart) -> None:
    visitor = site.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    assert visitor.show_face(before_each_batch=lambda: restart(visitor))["done"] is True


def test_a_restart_in_the_middle_of_an_enrolment(site: Site, restart: Restart) -> None:
    visitor = begin(site)
    restart(visitor)
    identify(visitor)
    restart(visitor)
    visitor.click("way-face").consent_to_face()
    restart(visitor)
    visitor.get(visitor.show_face("wang")["next"])
    restart(visitor)
    assert set_password(visitor).path == "/enrol/done"
