import dataclasses

from sqlalchemy import create_engine, text

from idp.login.factors.face import FaceChecks
from idp.login.services import KEY
from liveness import ModelMissing
from tests.idp.login.conftest import add_account
from tests.idp.login.engine import picture
from tests.idp.login.face.capturing import capture, neutral
from tests.idp.login.keeping import SilentRegister
from tests.idp.login.visitor import NEWCOMER, TAX, Site, Visitor, motion


def test_a_live_face_reaches_level_three(site: Site, asked: Visitor) -> None:
    answer = capture(asked).show_face()
    assert answer["done"] is True
    asked.get(answer["next"]).agree()
    assert asked.is_back_at_the_portal
    assert "code" in asked.query
    (consent,) = site.events("face_consent_given")
    (checked,) = site.events("face_checked")
    assert consent["person_id"] == checked["person_id"]
    assert checked["gates"] == ["challenge", "antispoof", "match"]
    assert len(checked["scores"]) == 3
    (stepped,) = site.events("stepped_up")
    assert (stepped["level"], stepped["methods"]) == (3, ["face"])


def test_the_session_changes_its_id_with_the_face(asked: Visitor) -> None:
    before = asked.client.get_cookie("__Host-session", domain="id.example")
    capture(asked).show_face()
    after = asked.client.get_cookie("__Host-session", domain="id.example")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_the_camera_is_allowed_on_the_capture_page_alone(asked: Visitor) -> None:
    consent = asked.client.get(asked.page.elements["way-face"]["href"], base_url="https://id.example")
    assert "camera=()" in consent.headers["Permissions-Policy"]
    capture(asked)
    page = asked.client.get(asked.url, base_url="https://id.example")
    assert "camera=(self)" in page.headers["Permissions-Policy"]


def test_no_camera_opens_before_consent(site: Site, asked: Visitor) -> None:
    asked.click("way-face")
    asked.submit("face-consent-form")
    assert asked.path == "/login/face"
    assert not site.events("face_consent_given")


def test_consent_is_asked_once_and_shown_afterwards(asked: Visitor) -> None:
    capture(asked)
    asked.get(asked.page.elements["other-way"]["href"]).click("way-face")
    assert "face-start" in asked.page.elements
    assert "face-consent-agree" not in asked.page.elements


def test_consent_to_words_that_have_changed_is_not_taken(site: Site, asked: Visitor) -> None:
    asked.click("way-face")
    asked.submit("face-consent-form", agree="yes", text_version="2020-01")
    assert asked.path == "/login/face"
    assert not site.events("face_consent_given")


def test_somebody_elses_face_is_refused_with_its_reason(site: Site, asked: Visitor) -> None:
    answer = capture(asked).show_face("a stranger")
    assert answer["refused"] == "match"
    asked.get(answer["next"])
    assert asked.page.elements["result"]["data-reason"] == "match"
    assert {"face-again", "other-way"} <= asked.page.elements.keys()
    (refused,) = site.events("face_refused")
    assert refused["reason"] == "match"
    assert asked.authorize(TAX).path == "/login/presence"


def test_a_face_that_is_not_alive_is_refused(site: Site, asked: Visitor) -> None:
    site.engine.live = False
    answer = capture(asked).show_face()
    assert answer["refused"] == "antispoof"


def test_who_cannot_turn_the_head_is_asked_for_other_movements(site: Site, asked: Visitor) -> None:
    asked.click("way-face")
    assert "without-turns" in asked.page.elements
    asked.submit("face-consent-form", agree="yes", without_turns="1")
    assert asked.show_face()["done"] is True
    (checked,) = site.events("face_checked")
    assert checked["unproved"] == ["planarity"]


def test_the_wrong_motion_is_refused(asked: Visitor) -> None:
    capture(asked)
    answer = asked.show_face(does="open_mouth")
    assert answer["refused"] in {"wrong_order", "too_slow"}


def test_a_session_counts_once(site: Site, asked: Visitor) -> None:
    capture(asked)
    page = asked.page.elements["capture"]
    asked.show_face("a stranger")
    judged = site.engine.judged
    late = asked.send_frames(page["data-frames-url"], page["data-csrf"], 59, [(b"{}", 1)])
    assert late["refused"] == "match"
    assert site.engine.judged == judged


def test_a_session_belongs_to_the_browser_that_began_it(site: Site, asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    other = site.visitor().authorize(TAX).sign_in()
    other.click("way-face")
    url = page["data-frames-url"].replace(asked.query["interaction"], other.query["interaction"])
    answer = other.send_frames(url, other.csrf(), 0, [(b"{}", 1)])
    assert other.status == 410
    assert "step" not in answer


def test_a_session_ends_with_its_time(site: Site, asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    site.clock.advance(site.services.settings.liveness.session_seconds)
    answer = asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, [(b"{}", 1)])
    assert asked.status == 410
    asked.get(answer["next"])
    assert asked.page.elements["result"]["data-reason"] == "session_gone"


def test_a_reload_in_the_middle_begins_anew(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    url = asked.url
    assert asked.get(url).page.elements["capture"]["data-session"] == page["data-session"]
    asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, neutral())
    assert asked.get(url).path == "/login/face"


def test_tries_are_limited_by_the_hour(site: Site, asked: Visitor) -> None:
    most = site.services.settings.liveness.tries_per_person_per_hour
    for _ in range(most):
        capture(asked)
        asked.get(asked.page.elements["other-way"]["href"])
    asked.click("way-face").submit("face-consent-form")
    assert asked.status == 429
    assert asked.page.elements["result"]["data-reason"] == "too_many_tries"
    assert "no-more-tries" in asked.page.elements
    assert site.events("face_refused")[-1]["reason"] == "too_many_tries"
    site.clock.advance(3600)
    site.visitor().authorize(TAX).sign_in().click("way-face")


def test_a_film_is_followed_by_its_own_clock(site: Site, asked: Visitor) -> None:
    capture(asked)
    assert "data-actions" not in asked.page.elements["capture"]
    asked.get(asked.page.elements["capture"]["data-film-page-url"])
    page = asked.page.elements["capture"]
    poses = [pose for action in [None, *page["data-actions"].split()] for pose in motion(action)]
    frames = [(picture("zhang", pose, i), i * 120) for i, pose in enumerate(poses)]
    site.clock.advance(20)
    answer = {}
    for batch in range(len(frames) // 4):
        shown = frames[batch * 4 : batch * 4 + 4]
        answer = asked.send_frames(page["data-frames-url"], page["data-csrf"], batch, shown, "recorded")
        if answer.get("done"):
            break
    assert answer["done"] is True
    assert site.events("face_checked")[-1]["camera"] == "film"


def test_an_operator_may_do_without_films(site: Site, asked: Visitor) -> None:
    settings = site.services.settings
    without = settings.model_copy(update={"liveness": settings.liveness.model_copy(update={"film": False})})
    site.app.extensions["yitong"] = dataclasses.replace(site.services, settings=without)
    page = capture(asked).page.elements["capture"]
    assert not page.get("data-film-page-url")
    asked.get(f"{asked.url}&film=1")
    assert "data-actions" not in asked.page.elements["capture"]
    asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, neutral(), "recorded")
    assert asked.status == 409


def test_who_was_told_the_movements_cannot_go_back_to_the_live_camera(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    live = asked.url
    asked.get(page["data-film-page-url"])
    asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, neutral())
    assert asked.status == 409
    assert "data-actions" in asked.get(live).page.elements["capture"]


def test_a_live_session_does_not_become_a_film(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, neutral())
    asked.get(page["data-film-page-url"])
    assert asked.path == "/login/face"


def test_nothing_of_the_face_outlives_the_verdict(site: Site, asked: Visitor) -> None:
    capture(asked).show_face()
    url = site.services.settings.ephemeral.url
    with create_engine(url).connect() as connection:
        table = connection.execute(text("select name from sqlite_master where type='table'")).scalars().all()
        keys = [
            key for name in table for key in connection.execute(text(f"select key from {name}")).scalars()
        ]
    assert not [key for key in keys if key.startswith("face:") and not key.endswith(":result")]


def test_a_withdrawn_consent_closes_the_camera(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    url = asked.url
    asked.get("/account").submit("/account/face-consent/withdraw")
    asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, neutral())
    assert asked.status == 403
    assert "capture" not in asked.get(url).page.elements


def test_without_networks_the_other_ways_go_on(site: Site) -> None:
    def missing() -> None:
        raise ModelMissing("yunet is not there")

    found = site.app.extensions[KEY]
    site.app.extensions[KEY] = dataclasses.replace(found, faces=FaceChecks(missing, at_once=1))  # type: ignore[arg-type]
    visitor = site.visitor().authorize(TAX).sign_in()
    assert "face-unavailable" in visitor.page.elements
    assert {"way-passkey", "way-activation"} <= visitor.page.elements.keys()
    assert "way-face" not in visitor.page.elements


def test_nobody_signed_in_sees_no_face_page(site: Site) -> None:
    visitor = site.visitor().authorize(TAX)
    visitor.get(f"/login/face?interaction={visitor.query['interaction']}")
    assert visitor.path == "/login"


def test_the_first_capture_becomes_the_reference_in_the_sandbox(site: Site) -> None:
    found = site.services
    with found.sessions.begin() as session:
        add_account(session, NEWCOMER, found.cipher, found.index)
    visitor = site.visitor().authorize(TAX).sign_in(NEWCOMER)
    assert capture(visitor).show_face("wang")["done"] is True
    assert site.events("face_reference_taken")
    assert found.register.photo(NEWCOMER.number) is not None
    other = site.visitor().authorize(TAX).sign_in(NEWCOMER)
    assert capture(other).show_face("a stranger")["refused"] == "match"
    again = site.visitor().authorize(TAX).sign_in(NEWCOMER)
    assert capture(again).show_face("wang")["done"] is True


def test_a_register_that_does_not_answer_is_said_so_and_costs_no_try(site: Site, asked: Visitor) -> None:
    site.app.extensions["yitong"] = dataclasses.replace(site.services, register=SilentRegister())
    asked.click("way-face").consent_to_face()
    assert asked.status == 503
    assert asked.page.elements["result"]["data-reason"] == "register_unavailable"
    assert "face-again" in asked.page.elements
    assert site.events("register_unavailable")
