"""Attacks on the means of proof, each tried as it would be carried out."""

import dataclasses
import json

import pytest
from werkzeug.test import TestResponse

from idp.login.circumstances import REFUSALS_OF_ONE_ADDRESS
from idp.login.services import KEY
from idp.people.registry import Answer, RegisterAnswer, Relation
from tests.idp.login.authenticator import Authenticator
from tests.idp.login.conftest import add_account
from tests.idp.login.engine import picture
from tests.idp.login.visitor import ISSUER, NEWCOMER, PERSON, TAX, Site, Visitor


class _ComparingRegister:
    """Hands out no photo and compares by itself, as a ministry's service does: it knows `zhang`."""

    def verify(self, name: str, number: str) -> RegisterAnswer:
        return RegisterAnswer(Answer.MATCH)

    def photo(self, number: str) -> bytes | None:
        return None

    def compare(self, number: str, image: bytes) -> bool | None:
        return bool(json.loads(image)["person"] == "zhang")

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        return None


def before_the_camera(site: Site) -> Visitor:
    site.app.extensions["yitong"] = dataclasses.replace(site.services, register=_ComparingRegister())
    visitor = site.visitor().authorize(TAX).sign_in(PERSON)
    return visitor.click("way-face").consent_to_face()


def test_a_register_that_compares_by_itself_gets_the_living_face(site: Site) -> None:
    assert before_the_camera(site).show_face("zhang")["done"] is True


def test_a_photo_slipped_in_beside_somebody_elses_living_face_is_refused(site: Site) -> None:
    """Batches behind a gap are never judged; a portrait from one of them must not be compared alone."""
    thief = before_the_camera(site)
    page = thief.page.elements["capture"]
    slipped = [(picture("zhang", "neutral", 900), 0)]
    thief.send_frames(page["data-frames-url"], page["data-csrf"], 200, slipped)
    assert thief.status == 200
    answer = thief.show_face("a thief")
    assert answer["refused"] == "match"
    assert not site.events("stepped_up")


def test_a_passkey_dialog_left_open_on_a_shared_device_is_not_bound_to_who_signs_in_next(
    site: Site,
) -> None:
    found = site.services
    with found.sessions.begin() as session:
        add_account(session, NEWCOMER, found.cipher, found.index)
    shared = site.visitor().get("/account").sign_in(PERSON)
    form, csrf = shared.page.elements["passkey-form"], shared.csrf()
    options = shared.client.post(
        form["data-options-url"], base_url=ISSUER, headers={"X-CSRF-Token": csrf}
    ).get_json()
    shared.submit("/account/sign-out").get("/account").sign_in(NEWCOMER)
    # The dialog of the first person's tab is answered now, with their own device.
    shared.client.post(
        "/account/passkeys",
        data={"csrf_token": csrf, "credential": Authenticator(ISSUER).create(options)},
        base_url=ISSUER,
    )
    assert not site.events("passkey_added")


def test_a_consent_page_left_open_on_a_shared_device_agrees_for_nobody_else(site: Site) -> None:
    found = site.services
    with found.sessions.begin() as session:
        add_account(session, NEWCOMER, found.cipher, found.index)
    shared = site.visitor().authorize().sign_in(PERSON)
    assert shared.path == "/consent"
    page, form = shared.url, shared.page.forms["consent-form"]
    shared.get("/account").submit("/account/sign-out").get("/account").sign_in(NEWCOMER)
    # The first person's page, with their masked name on it, is still open in another tab.
    shared.body = f'<form id="consent-form" action="{page}"></form>'
    shared.submit("consent-form", **form.fields, decision="agree")
    assert not site.events("consent_granted")
    assert not shared.is_back_at_the_portal
    assert "consent-form" in shared.page.forms, "asked anew, with what is theirs"


def test_a_flood_of_refused_passkeys_does_not_fill_the_log(site: Site) -> None:
    bot = site.visitor().authorize()
    csrf, query = bot.csrf(), bot.query["interaction"]
    for _ in range(REFUSALS_OF_ONE_ADDRESS):
        site.services.throttle.allow_from(bot.address, "refusals", REFUSALS_OF_ONE_ADDRESS, 3600)
    bot.client.post(
        f"/login/passkey?interaction={query}",
        data={"csrf_token": csrf, "credential": "{}"},
        base_url=ISSUER,
        environ_overrides={"REMOTE_ADDR": bot.address},
    )
    assert not site.events("sign_in_refused")


def test_who_finds_an_account_page_open_adds_no_passkey_of_their_own(site: Site) -> None:
    left_open = site.visitor().get("/account").sign_in(PERSON)
    form, csrf = left_open.page.elements["passkey-form"], left_open.csrf()
    site.clock.advance(site.services.settings.protocol.presence_seconds + 1)

    def options() -> TestResponse:
        headers = {"X-CSRF-Token": csrf}
        return left_open.client.post(form["data-options-url"], base_url=ISSUER, headers=headers)

    assert options().status_code == 403
    left_open.client.post("/account/passkeys", data={"csrf_token": csrf}, base_url=ISSUER)
    left_open.submit("passkey-form", credential="{}")
    assert left_open.status == 403
    assert left_open.shows("Sign out, then sign in")
    left_open.get("/account").submit("/account/sign-out").get("/account").sign_in(PERSON)
    assert options().status_code == 200


@pytest.mark.parametrize("target", ["/account/%0d%0aX-Planted:%201", "//evil.example", "/account\\@evil"])
def test_a_planted_address_to_return_to_leads_to_the_account(site: Site, target: str) -> None:
    victim = site.visitor().get(f"/login?next={target}").sign_in(PERSON)
    assert (victim.status, victim.path) == (200, "/account")


def test_face_checks_that_begin_side_by_side_are_no_more_than_the_hours_tries(site: Site) -> None:
    thief = site.visitor().authorize(TAX).sign_in(PERSON)
    most = site.services.settings.liveness.tries_per_person_per_hour
    (signed_in,) = site.events("signed_in")
    tries = site.app.extensions[KEY].face_sessions

    class Slow(_ComparingRegister):
        def photo(self, number: str) -> bytes | None:
            # While the register is asked, as many begin in other windows.
            for _ in range(most):
                tries.count_try(f"person:{signed_in['person_id']}")
            return None

    site.app.extensions["yitong"] = dataclasses.replace(site.services, register=Slow())
    thief.click("way-face").consent_to_face()
    assert thief.status == 429
    assert "capture" not in thief.page.elements
