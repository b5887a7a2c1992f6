"""A clerk helps somebody to sign in: by card, by face, or on to an account."""

import dataclasses
import json
from base64 import urlsafe_b64decode

import pytest

from idp.storage.ephemeral import EphemeralStore
from tests.idp.login.keeping import change as change_liveness
from tests.idp.login.visitor import (
    CALLBACKS,
    CHILD,
    HALL,
    ISSUER,
    NEWCOMER,
    PERSON,
    TAX,
    Site,
    Someone,
    Visitor,
)
from tests.idp.staff_pages.officer import Member, add
from tests.idp.window.counter import answer, at_window, code_on, device, enter, look, name, offered


@pytest.fixture
def member(site: Site) -> Member:
    return add(site, "C-1042", "clerk")


@pytest.fixture
def clerk(site: Site, member: Member) -> Visitor:
    return at_window(site, member)


def test_by_card_to_level_3(site: Site, clerk: Visitor, member: Member) -> None:
    visitor = device(site)
    enter(clerk, code_on(visitor))
    assert clerk.shows("Tax Office")
    assert clerk.page.elements["level"]["data-level"] == "3"
    assert look(visitor).shows("Clerk no. C-1042 is looking at your card")
    name(clerk)
    assert clerk.shows("**丰")
    assert PERSON.name not in clerk.body
    look(visitor)
    assert visitor.shows("Clerk no. C-1042 helps you to sign in at Tax Office as **丰")
    assert visitor.shows("Hall · Window 3")
    answer(visitor)
    assert visitor.path == "/consent"
    (signed_in,) = site.events("signed_in")
    assert (signed_in["level"], signed_in["methods"]) == (3, ["window"])
    (helped,) = site.events("window_sign_in")
    assert helped["staff_id"] == member.id
    assert helped["person_id"] == signed_in["person_id"]
    assert (helped["client_id"], helped["checked"]) == (TAX, "card_and_face")
    assert clerk.get(clerk.url).shows("**丰 is signed in")
    assert visitor.agree().is_back_at_the_portal


def test_the_person_is_told_by_text(site: Site, clerk: Visitor) -> None:
    answer(offered(site, clerk))
    assert "C-1042" in site.messages()[0]
    assert "Tax Office" in site.messages()[0]


def test_presence_is_shown_at_a_window_too(site: Site, clerk: Visitor) -> None:
    visitor = site.visitor().authorize(TAX).sign_in()
    assert visitor.path == "/login/presence"
    visitor.click("way-window").submit("code-form")
    name(enter(clerk, code_on(visitor)))
    answer(look(visitor))
    assert visitor.path == "/consent"
    assert site.events("stepped_up")[-1]["methods"] == ["window"]


def test_where_presence_is_asked_of_one_nobody_else_takes_the_place(site: Site, clerk: Visitor) -> None:
    visitor = site.visitor().authorize(TAX).sign_in(CHILD)
    visitor.click("way-window").submit("code-form")
    name(enter(clerk, code_on(visitor)))
    answer(look(visitor))
    assert visitor.status == 422
    assert visitor.shows("Somebody else is signed in on this device")
    assert site.events("window_answered")[-1]["outcome"] == "other_account"


def test_a_child_is_helped_without_a_face(site: Site, clerk: Visitor) -> None:
    visitor = device(site)
    name(enter(clerk, code_on(visitor)), CHILD, checked="face_at_device")
    assert clerk.status == 422
    assert clerk.shows("under 14")
    name(clerk, CHILD)
    assert answer(look(visitor)).path == "/consent"


def test_by_face_at_the_device(site: Site, clerk: Visitor, member: Member) -> None:
    visitor = offered(site, clerk, checked="face_at_device")
    answer(visitor)
    assert visitor.path == "/login/window/face"
    assert not site.events("signed_in")
    visitor.consent_to_face()
    result = visitor.show_face()
    visitor.get(result["next"])
    assert visitor.path == "/consent"
    (signed_in,) = site.events("signed_in")
    assert (signed_in["level"], signed_in["methods"]) == (3, ["face"])
    (helped,) = site.events("window_sign_in")
    assert (helped["staff_id"], helped["checked"]) == (member.id, "face_at_device")
    assert site.events("face_checked")[-1]["purpose"] == "window"


def test_another_face_signs_nobody_in(site: Site, clerk: Visitor) -> None:
    visitor = answer(offered(site, clerk, checked="face_at_device")).consent_to_face()
    visitor.show_face("li")
    visitor.get("/account")
    assert visitor.path == "/login"
    assert not site.events("window_sign_in")
    assert site.events("face_refused")


def test_without_the_face_nobody_is_signed_in(site: Site, clerk: Visitor) -> None:
    visitor = answer(offered(site, clerk, checked="face_at_device"))
    assert visitor.get("/account").path == "/login"


def test_who_says_no_is_not_signed_in(site: Site, clerk: Visitor) -> None:
    visitor = answer(offered(site, clerk), "refuse")
    assert visitor.shows("You have stopped it")
    assert clerk.get(clerk.url).shows("has said no")
    assert site.events("window_answered")[-1]["outcome"] == "refused"
    assert not site.events("signed_in")
    # And the device can begin again.
    visitor.submit("code-form")
    assert code_on(visitor)


def test_who_has_no_account_is_led_to_one(site: Site, clerk: Visitor, member: Member) -> None:
    visitor = device(site)
    name(enter(clerk, code_on(visitor)), NEWCOMER)
    assert clerk.status == 422
    assert clerk.shows("Nobody with this number has an account here")
    name(clerk, NEWCOMER, decision="enrol")
    code = clerk.page.texts["activation-code"].strip()
    look(visitor)
    visitor.click("enrol")
    visitor.submit(next(iter(visitor.page.forms)), phone=NEWCOMER.phone)
    visitor.submit("code-form", code=site.code())
    visitor.submit(next(iter(visitor.page.forms)), name=NEWCOMER.name, number=NEWCOMER.number)
    visitor.submit("activation-form", activation_code=code, way="activation_code")
    assert "set-password" in visitor.page.elements, visitor.page.text
    assert site.events("window_led_to_enrolment")[-1]["staff_id"] == member.id


def test_a_code_can_be_renewed_and_the_former_is_none(site: Site, clerk: Visitor) -> None:
    visitor = device(site)
    first = code_on(visitor)
    visitor.submit("code-form")
    assert code_on(visitor) != first
    assert enter(clerk, first).status == 422
    assert enter(clerk, code_on(visitor)).shows("Tax Office")


def test_a_reload_shows_the_same_code(site: Site) -> None:
    visitor = device(site)
    assert code_on(visitor) == code_on(visitor.get(visitor.url))


def test_the_pages_script_learns_of_the_other_side(site: Site, clerk: Visitor) -> None:
    visitor = device(site)

    def state(of: Visitor, url: str) -> str:
        return str(json.loads(of.client.get(url, base_url=ISSUER).data)["state"])

    there = visitor.page.elements["watch"]["data-state-url"]
    assert state(visitor, there) == "waiting"
    name(enter(clerk, code_on(visitor)))
    assert state(visitor, there) == "offered"
    here = clerk.page.elements["watch"]["data-state-url"]
    assert state(clerk, here) == "offered"
    answer(look(visitor))
    assert state(clerk, here) == "signed_in"


def test_at_our_own_pages(site: Site, clerk: Visitor) -> None:
    visitor = site.visitor().get("/account").click("way-window").submit("code-form")
    name(enter(clerk, code_on(visitor)))
    assert clerk.shows("My account")
    assert answer(look(visitor)).path == "/account"


def test_a_service_of_level_2_is_reached_as_well(site: Site, clerk: Visitor) -> None:
    visitor = site.visitor().authorize(HALL).click("way-window").submit("code-form")
    name(enter(clerk, code_on(visitor)))
    assert answer(look(visitor)).path == "/consent"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "123"}, "number"),
        ({"name": " "}, "name"),
        ({"checked": "nothing"}, "checked"),
        ({"seen": "0"}, "seen"),
    ],
)
def test_what_is_missing_is_said_beside_it(
    site: Site, clerk: Visitor, changes: dict[str, str], field: str
) -> None:
    enter(clerk, code_on(device(site)))
    given = {"number": PERSON.number, "name": PERSON.name, "checked": "card_and_face", "seen": "1"}
    clerk.submit("person-form", **{**given, **changes})
    assert clerk.status == 422
    assert f"{field}-error" in clerk.page.elements
    assert not site.events("window_person_refused")


def test_another_name_is_said_and_recorded(site: Site, clerk: Visitor) -> None:
    enter(clerk, code_on(device(site)))
    name(clerk, Someone("王五", PERSON.number, "", "", None))
    assert clerk.shows("has another name")
    assert PERSON.name not in clerk.body
    assert site.events("window_person_refused")[-1]["reason"] == "name_differs"


def test_what_the_store_holds_is_sealed(site: Site, clerk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """No code, no number, no name, no id of a person lies there to be read."""
    kept: list[bytes] = []
    store: EphemeralStore = site.services.store
    put, replace = store.put, store.replace
    monkeypatch.setattr(store, "put", lambda key, value, **k: (kept.append(value), put(key, value, **k))[1])
    monkeypatch.setattr(
        store, "replace", lambda key, old, new, **k: (kept.append(new), replace(key, old, new, **k))[1]
    )
    visitor = offered(site, clerk)
    written = b" ".join(kept)
    for secret in (PERSON.number, PERSON.name, "**丰"):
        assert secret.encode() not in written
    assert visitor.path == "/login/window"


def test_face_tries_are_counted(site: Site, clerk: Visitor) -> None:
    change_liveness(site, tries_per_person_per_hour=1)
    visitor = answer(offered(site, clerk, checked="face_at_device")).consent_to_face()
    visitor.show_face("li")
    visitor.get(visitor.page.elements["capture"]["data-finish-url"])
    assert "face-again" not in visitor.page.elements


def test_the_camera_opens_on_the_capture_page_alone(site: Site, clerk: Visitor) -> None:
    visitor = answer(offered(site, clerk, checked="face_at_device"))
    for allowed in (False, True):
        response = visitor.client.get(visitor.url, base_url=ISSUER)
        assert ("camera=(self)" in response.headers["Permissions-Policy"]) is allowed
        if not allowed:
            visitor.consent_to_face()


def test_the_portal_reads_how_it_was_done(site: Site, clerk: Visitor) -> None:
    visitor = answer(offered(site, clerk)).agree()
    data = {
        "grant_type": "authorization_code",
        "code": visitor.query["code"],
        "redirect_uri": CALLBACKS[TAX],
        "client_id": TAX,
        "code_verifier": "v" * 43,
    }
    answered = visitor.client.post("/oauth2/token", data=data, base_url=ISSUER).get_json()
    payload = answered["id_token"].split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert (claims["acr"], claims["amr"]) == ("urn:yitong:acr:3", ["user", "mca"])


def test_where_there_are_no_windows_none_is_offered(site: Site) -> None:
    visitor = device(site)
    page = visitor.url
    settings = site.services.settings
    staff = settings.staff.model_copy(update={"window_is_offered": False})
    changed = settings.model_copy(update={"staff": staff})
    site.app.extensions["yitong"] = dataclasses.replace(site.services, settings=changed)
    assert visitor.get(page).path == "/login"
    assert "way-window" not in visitor.page.elements
    visitor.sign_in()
    assert visitor.path == "/login/presence"
    assert "way-window" not in visitor.page.elements
