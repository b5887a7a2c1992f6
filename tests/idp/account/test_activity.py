"""What a person sees of what happened at their account, and what comes of `this wasn't me`."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from idp.detection.models import Alert
from idp.measures.models import Measure
from tests.idp.login.visitor import PERSON, Site, Visitor

PATH = "/account/activity"


def signed_in(site: Site, address: str = "192.0.2.7") -> Visitor:
    visitor = Visitor(site, address)
    visitor.get("/account")
    visitor.sign_in(PERSON)
    assert visitor.path == "/account", (visitor.url, visitor.page.text)
    site.clock.advance(1)
    return visitor


def alerts(site: Site) -> list[Alert]:
    with site.services.sessions() as session:
        return list(session.scalars(select(Alert)))


def measures(site: Site) -> list[Measure]:
    with site.services.sessions() as session:
        return list(session.scalars(select(Measure).order_by(Measure.id)))


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/account").path == "/account"


def test_one_sees_where_one_signed_in_and_in_which_browser(site: Site) -> None:
    signed_in(site, "203.0.113.9")
    here = signed_in(site).click("activity")
    assert here.path == PATH
    assert here.shows("this browser")
    assert here.shows("another browser")
    assert here.shows("203.0.113.*")
    assert not here.shows("203.0.113.9")


def test_what_was_not_me_ends_at_once_and_arrives_at_the_desk_with_its_context(site: Site) -> None:
    thief, owner = signed_in(site, "203.0.113.9"), signed_in(site)
    owner.get(PATH)
    owner.click("not-me-2")
    owner.submit("disown-form")
    assert owner.shows("the security staff have your report")
    assert not is_in(thief)
    assert is_in(owner)
    (alert,) = alerts(site)
    assert (alert.rule, alert.subject_kind, alert.severity) == ("person_reported", "person", "high")
    assert alert.facts["address"] == "203.0.113.9"
    assert {"session", "device", "sign_in"} <= alert.facts.keys()
    assert (alert.facts["was_here"], alert.facts["has_ended"]) == (0, 1)
    (measure,) = measures(site)
    assert (measure.asked_by, measure.sessions_ended) == ("person", 1)
    (event,) = site.events("sign_in_disowned")
    assert event["event_id"] == alert.facts["sign_in"]


def test_said_twice_it_is_one_report(site: Site) -> None:
    signed_in(site, "203.0.113.9")
    owner = signed_in(site).get(PATH).click("not-me-2")
    form = owner.body
    owner.submit("disown-form")
    owner.body = form
    owner.submit("disown-form")
    assert len(site.events("sign_in_disowned")) == 1
    owner.get(PATH)
    assert owner.shows("You said: this was not me")


def test_attack_a_thief_in_a_session_throws_the_owner_out_of_one_session_and_no_more(site: Site) -> None:
    """Whoever holds a stolen session can press it as well: the owner signs in again and sees who did."""
    thief = signed_in(site, "203.0.113.9")
    owner = signed_in(site)
    thief.get(PATH).click("not-me-1").submit("disown-form")
    assert not is_in(owner)
    owner = signed_in(site)
    owner.get(PATH)
    assert owner.shows("Said of a sign-in: this was not me")
    site.clock.advance(timedelta(hours=1).total_seconds() - 10)
    # Everything at once takes the password, which a thief of a session has not.
    thief.get(f"{PATH}/end-all")
    if thief.path == f"{PATH}/end-all":
        thief.submit("end-all-form", current="not the password")
    assert is_in(owner)


def test_the_sign_in_that_says_so_of_itself_is_signed_out(site: Site) -> None:
    here = signed_in(site)
    here.get(PATH).click("not-me-1")
    assert here.shows("you will be signed out")
    here.submit("disown-form")
    assert here.path == "/login"
    (alert,) = alerts(site)
    assert alert.facts["was_here"] == 1


def test_ending_everything_takes_a_fresh_proof(site: Site) -> None:
    other, owner = signed_in(site, "203.0.113.9"), signed_in(site)
    site.clock.advance(16 * 60)
    owner.get(f"{PATH}/end-all")
    owner.submit("end-all-form", current="wrong")
    assert owner.status == 422
    assert is_in(other)
    site.clock.advance(60)
    owner.get(f"{PATH}/end-all").submit("end-all-form", current=PERSON.password)
    assert owner.path == "/login"
    assert not is_in(other)
    assert not is_in(owner)


def test_attack_somebody_elses_sign_in_cannot_be_disowned(site: Site) -> None:
    event_id = "0198c2f0-0000-7000-8000-00000000000a"
    owner = signed_in(site)
    assert owner.get(f"{PATH}/{event_id}").status == 404


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_MEASURES__DISOWNED_PER_DAY": "2"}


def test_reports_are_bounded(site: Site) -> None:
    for _ in range(3):
        signed_in(site, "203.0.113.9")
    owner = signed_in(site)
    for number in (2, 4, 6):  # each report stands above
        owner.get(PATH).click(f"not-me-{number}").submit("disown-form")
    assert owner.status == 429
    assert owner.shows("several sign-ins today already")
    assert len(alerts(site)) == 1
