"""When a template takes the photo's place, and when it does not."""

import pytest

from idp.people.models import FaceTemplate
from tests.idp.login.conftest import add_account
from tests.idp.login.keeping import (
    NEWER,
    SilentRegister,
    WithoutPhoto,
    again,
    at_the_camera,
    change,
    consents,
    exchange,
    rows,
    work,
)
from tests.idp.login.visitor import NEWCOMER, TAX, Site


def test_a_template_serves_while_the_register_is_silent(keeping: Site) -> None:
    assert at_the_camera(keeping, "template").show_face()["done"] is True
    (kept,) = keeping.events("face_template_kept")
    assert kept["reason"] == "first"
    exchange(keeping, SilentRegister())
    assert again(keeping).show_face()["done"] is True
    assert [one["reference"] for one in keeping.events("face_checked")] == ["photo", "template"]
    assert keeping.events("register_unavailable")


def test_a_stranger_does_not_pass_by_it(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    exchange(keeping, SilentRegister())
    assert again(keeping).show_face("a stranger")["refused"] == "match"
    (refused,) = keeping.events("face_refused")
    assert refused["reference"] == "template"


def test_it_serves_where_the_register_has_no_photo_and_compares_nothing(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    exchange(keeping, WithoutPhoto())
    assert again(keeping).show_face()["done"] is True
    assert keeping.events("face_checked")[-1]["reference"] == "template"


def test_it_serves_where_the_register_falls_silent_during_the_check(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    visitor = again(keeping)
    exchange(keeping, SilentRegister())
    assert visitor.show_face()["done"] is True
    assert keeping.events("face_checked")[-1]["reference"] == "template"


@pytest.mark.parametrize("says", [True, False])
def test_the_registers_own_word_goes_first(keeping: Site, says: bool) -> None:
    at_the_camera(keeping, "template").show_face()
    exchange(keeping, WithoutPhoto(says))
    answer = again(keeping).show_face()
    assert answer.get("refused") == (None if says else "match")


def test_the_registers_photo_goes_first(keeping: Site) -> None:
    """Somebody else's face that was learnt by mistake opens nothing while the register answers."""
    at_the_camera(keeping, "template").show_face()
    assert again(keeping).show_face("a stranger")["refused"] == "match"
    assert keeping.events("face_refused")[-1]["reference"] == "photo"


def test_without_one_a_silent_register_is_said_so(keeping: Site) -> None:
    at_the_camera(keeping).show_face()
    exchange(keeping, SilentRegister())
    visitor = again(keeping)
    assert visitor.status == 503
    assert visitor.page.elements["result"]["data-reason"] == "register_unavailable"


def test_one_of_another_network_is_not_used_and_is_replaced(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    keeping.engine.match_model = NEWER
    register = keeping.services.register
    exchange(keeping, SilentRegister())
    assert again(keeping).status == 503
    account = keeping.visitor().get("/account").sign_in()
    assert "cannot be used any more" in account.page.texts["kept-template"]
    exchange(keeping, register)
    assert again(keeping).show_face()["done"] is True
    assert [one["reason"] for one in keeping.events("face_template_kept")] == ["first", "renewed"]
    assert [row.model for row in rows(keeping, FaceTemplate)] == [NEWER]
    assert len(keeping.events("face_consent_given")) == 2
    exchange(keeping, SilentRegister())
    assert again(keeping).show_face()["done"] is True


def test_new_words_need_a_new_consent(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    change(keeping, template_consent_text_version="2027-01")
    keeping.engine.match_model = NEWER
    assert again(keeping).show_face()["done"] is True
    assert len(keeping.events("face_template_kept")) == 1
    exchange(keeping, SilentRegister())
    keeping.engine.match_model = "a" * 64
    assert again(keeping).status == 503


def test_no_template_is_made_of_a_template(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    keeping.clock.advance(300 * 86400)
    exchange(keeping, SilentRegister())
    assert again(keeping).show_face()["done"] is True
    (row,) = rows(keeping, FaceTemplate)
    assert len(keeping.events("face_template_kept")) == 1
    keeping.clock.advance(65 * 86400)
    assert again(keeping).status == 503
    assert row.delete_at < keeping.clock()


def test_none_is_made_of_a_first_capture(keeping: Site) -> None:
    found = keeping.services
    with found.sessions.begin() as session:
        add_account(session, NEWCOMER, found.cipher, found.index)
    visitor = keeping.visitor().authorize(TAX).sign_in(NEWCOMER)
    assert consents(visitor, "template").show_face("wang")["done"] is True
    assert keeping.events("face_checked")[-1]["reference"] == "first_capture"
    assert rows(keeping, FaceTemplate) == []


def test_none_is_made_of_a_refused_check(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face("a stranger")
    assert rows(keeping, FaceTemplate) == []


def test_switched_off_it_is_not_used_and_the_worker_deletes_it(keeping: Site) -> None:
    at_the_camera(keeping, "template").show_face()
    change(keeping, keep_templates=False)
    exchange(keeping, SilentRegister())
    assert again(keeping).status == 503
    work(keeping.services)
    assert rows(keeping, FaceTemplate) == []
    assert keeping.events("face_template_deleted")[-1]["reason"] == "switched_off"
