"""Seeing who a person is, on pages."""

from datetime import timedelta

import pytest

from tests.idp.login.visitor import PERSON, Site, Visitor
from tests.idp.staff_pages.officer import Member, add, sign_in

WHY = "他来电说不是本人"


@pytest.fixture
def changes() -> dict[str, str]:
    """As in production."""
    return {"IDP_SECURITY__UNMASK_NEEDS_SECOND": "true"}


@pytest.fixture
def officers(site: Site) -> tuple[Member, Member]:
    """Both long enough in office."""
    site.visitor().authorize().sign_in(PERSON)
    both = add(site, "S-1", "security", serial=11), add(site, "S-2", "security", serial=12)
    site.clock.now += timedelta(hours=site.services.settings.staff.officer_settled_hours + 1)
    return both


@pytest.fixture
def person_id(site: Site, officers: tuple[Member, Member]) -> str:
    found = site.events("signed_in")[0]["person_id"]
    assert isinstance(found, str)
    return found


def ask(site: Site, member: Member, person_id: str, extent: str = "masked") -> Visitor:
    visitor = sign_in(site, member, target=f"/security/people/{person_id}/unmask")
    return visitor.submit("unmask-form", reason="reported_by_person", note=WHY, extent=extent)


def test_asked_agreed_shown_once(site: Site, officers: tuple[Member, Member], person_id: str) -> None:
    first, second = officers
    asker = ask(site, first, person_id)
    assert (asker.status, asker.path) == (200, "/security/unmasking")
    assert "show-1" not in asker.page.elements
    other = sign_in(site, second, target="/security/search")
    assert 'class="desk-count">1<' in other.body
    assert 'class="desk-count"' not in asker.body
    other.get("/security/unmasking")
    assert other.shows(WHY)
    assert other.shows("S-1")
    assert PERSON.name not in other.body
    other.submit("decide-form-1", decision="agree")
    asker.get("/security/unmasking").submit("show-form-1")
    assert asker.status == 200
    assert asker.page.texts["name"] == PERSON.name
    number = asker.page.texts["number"]
    assert number != PERSON.number
    assert number[-4:] == PERSON.number[-4:] or "*" in number
    shown_at = asker.url
    assert PERSON.number not in asker.body
    assert asker.get(shown_at).path == "/security/unmasking"
    assert "show-1" not in asker.page.elements
    [unmasked] = site.events("person_unmasked")
    assert (unmasked["person_id"], unmasked["agreed_by"], unmasked["extent"]) == (
        person_id,
        second.id,
        "masked",
    )
    assert unmasked["reason"] == "reported_by_person"


def test_the_whole_number_where_it_was_asked_for(
    site: Site, officers: tuple[Member, Member], person_id: str
) -> None:
    first, second = officers
    asker = ask(site, first, person_id, "full")
    sign_in(site, second, target="/security/unmasking").submit("decide-form-1", decision="agree")
    response = asker.get("/security/unmasking").submit("show-form-1")
    assert response.page.texts["number"] == PERSON.number
    names = ("person_unmasked", "unmask_asked", "unmask_decided", "security_viewed")
    told = str([site.events(name) for name in names])
    assert PERSON.number not in told
    assert PERSON.name not in told
    assert WHY not in told


def test_the_page_leaves_by_itself_and_is_not_kept(
    site: Site, officers: tuple[Member, Member], person_id: str
) -> None:
    first, second = officers
    asker = ask(site, first, person_id)
    sign_in(site, second, target="/security/unmasking").submit("decide-form-1", decision="agree")
    found = asker.get("/security/unmasking").page.forms["show-form-1"]
    assert found.action is not None
    response = asker.client.post(
        found.action,
        data=found.fields,
        base_url="https://id.example",
        environ_overrides={"REMOTE_ADDR": asker.address},
    )
    assert response.headers["Refresh"] == f"60; url=/security/people/{person_id}"
    assert response.headers["Cache-Control"] == "no-store"


def test_refused_is_not_shown(site: Site, officers: tuple[Member, Member], person_id: str) -> None:
    first, second = officers
    asker = ask(site, first, person_id)
    sign_in(site, second, target="/security/unmasking").submit("decide-form-1", decision="refuse")
    asker.get("/security/unmasking")
    assert "show-1" not in asker.page.elements
    assert asker.shows("refused")


def test_attack_the_asker_posts_the_decision_of_the_second(
    site: Site, officers: tuple[Member, Member], person_id: str
) -> None:
    first, second = officers
    asker = ask(site, first, person_id)
    address = sign_in(site, second, target="/security/unmasking").page.forms["decide-form-1"].action
    asker.get(f"/security/people/{person_id}/unmask").submit("unmask-form", url=address, decision="agree")
    assert asker.status == 403
    [refused] = site.events("unmask_refused")
    assert (refused["reason"], refused["person_id"]) == ("asker", person_id)
    asker.get(f"/security/people/{person_id}/unmask").submit("unmask-form", url=f"{address}/show")
    assert asker.status == 403
    assert PERSON.name not in asker.body


def test_attack_another_officer_shows_themself_what_was_agreed(
    site: Site, officers: tuple[Member, Member], person_id: str
) -> None:
    first, second = officers
    asker = ask(site, first, person_id)
    other = sign_in(site, second, target="/security/unmasking").submit("decide-form-1", decision="agree")
    address = asker.get("/security/unmasking").page.forms["show-form-1"].action
    other.get(f"/security/people/{person_id}/unmask").submit("unmask-form", url=address)
    assert other.status == 403
    assert PERSON.name not in other.body


def test_so_many_in_an_hour(site: Site, officers: tuple[Member, Member], person_id: str) -> None:
    first, second = officers
    asker = ask(site, first, person_id)
    address = sign_in(site, second, target="/security/unmasking").page.forms["decide-form-1"].action
    for _ in range(site.services.settings.security.unmasks_per_hour):
        asker.get(f"/security/people/{person_id}/unmask").submit("unmask-form", url=f"{address}/show")
        assert asker.status == 403
    asker.get(f"/security/people/{person_id}/unmask").submit("unmask-form", url=f"{address}/show")
    assert asker.status == 429
    assert site.events("unmask_refused")[-1]["reason"] == "too_many"


def test_attack_an_officer_asks_for_everybody(
    site: Site, officers: tuple[Member, Member], person_id: str
) -> None:
    asker = ask(site, officers[0], person_id)
    for _ in range(2 * site.services.settings.security.unmasks_per_hour):
        asker.get(f"/security/people/{person_id}/unmask")
        asker.submit("unmask-form", reason="authority", note=WHY, extent="full")
    assert asker.status == 429
    assert len(site.events("unmask_asked")) == 2 * site.services.settings.security.unmasks_per_hour


def test_an_auditor_may_be_the_second_and_never_the_first(
    site: Site, officers: tuple[Member, Member], person_id: str
) -> None:
    auditor = add(site, "A-1", "auditor", serial=13)
    site.clock.now += timedelta(hours=73)
    ask(site, officers[0], person_id)
    at_desk = sign_in(site, auditor, target="/security/unmasking").submit("decide-form-1", decision="agree")
    assert at_desk.status == 200
    assert at_desk.get(f"/security/people/{person_id}/unmask").status == 403


def test_without_a_reason_or_of_nobody_nothing_is_asked(
    site: Site, officers: tuple[Member, Member], person_id: str
) -> None:
    asker = ask(site, officers[0], person_id)
    for reason, note in (("", WHY), ("authority", " ")):
        asker.get(f"/security/people/{person_id}/unmask").submit("unmask-form", reason=reason, note=note)
        assert asker.status == 422
    nobody = f"/security/people/{'0' * 8}-0000-7000-8000-{'0' * 12}/unmask"
    assert asker.get(nobody).submit("unmask-form", reason="authority", note=WHY, extent="full").status == 404
