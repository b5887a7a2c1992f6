"""The space of an organisation, as its representative, administrators and agents meet it."""

import pytest
from sqlalchemy import event

from idp.account.organisations.place import ORGANISATIONS
from idp.business.organisation_kinds import OrganisationStatus
from idp.mandates.models import Mandate, Role
from idp.people import directory
from idp.people.models import Person
from idp.storage.base import new_id
from tests.idp.account.mandates.acting import FRIEND, friends, mandates, signed_in
from tests.idp.account.organisations.company import (
    added,
    appointed,
    invites,
    organisation_id,
    page_of,
    registered,
)
from tests.idp.login.licences.licensing import CODE, COMPANY
from tests.idp.login.visitor import PERSON, Site, Visitor


@pytest.fixture(autouse=True)
def _company(site: Site) -> None:
    friends(site)
    registered(site)


def test_it_begins_empty_and_says_what_to_do(site: Site) -> None:
    visitor = site.visitor().get("/account").sign_in().click("organisations")
    assert visitor.path == ORGANISATIONS
    assert "no-organisations" in visitor.page.elements


def test_a_representative_adds_their_company_by_its_code(site: Site) -> None:
    visitor = added(site)
    assert visitor.path == page_of(site)
    assert visitor.shows("The business register names you")
    assert visitor.shows(COMPANY)
    assert CODE in visitor.page.texts["code"]
    assert PERSON.name in visitor.page.texts["members"]
    assert {"invite-agent", "invite-administrator", "level-form", "history"} <= (
        set(visitor.page.elements) | set(visitor.page.forms)
    )
    assert COMPANY in visitor.get(ORGANISATIONS).page.texts["organisations"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "Enter the unified social credit code."),
        ("91000000YT00000113", "The last character does not fit"),
        ("91000000YT000002XR", "you are not the legal representative"),
    ],
)
def test_what_cannot_be_added_is_said_and_what_was_typed_stays(site: Site, code: str, words: str) -> None:
    visitor = added(site, code=code)
    assert (visitor.status, visitor.path) == (422, ORGANISATIONS)
    assert visitor.shows(words)
    assert visitor.page.forms["add-form"].fields["code"] == code


def test_a_company_that_is_closed_is_not_added(site: Site) -> None:
    registered(site, status=OrganisationStatus.DISSOLVED)
    visitor = added(site)
    assert visitor.status == 422
    assert visitor.shows("this organisation is closed")


def test_an_agent_is_appointed_seen_narrowed_and_ended(site: Site) -> None:
    visitor = added(site)
    friend = appointed(site, visitor, matter=["tax_filing", "invoices"])
    page = visitor.get(page_of(site))
    assert FRIEND.name in page.page.texts["members"]
    assert "Invoices, Tax returns" in page.page.texts["members"]

    page.click("member-2-open").submit("narrow-form", matter="tax_filing")
    assert page.shows("It is changed.")
    assert "Invoices" not in page.page.texts["members"]

    friend.get(ORGANISATIONS).click("organisation-1-open")
    assert friend.path == page_of(site)
    assert "Legal representative" not in friend.page.texts["members"]
    assert not {"invite-agent", "history"} & set(friend.page.elements)

    page.click("member-2-open").submit("end-form")
    assert page.shows("It has ended.")
    assert FRIEND.name not in page.page.texts["members"]
    assert friend.get(page_of(site)).status == 404
    page.click("history")
    assert "accepted the invitation of" in page.page.texts["events"]
    assert "older" not in page.page.elements
    assert "It was withdrawn." in page.page.texts["events"]


def test_a_mandate_is_renewed_within_what_is_possible(site: Site) -> None:
    visitor = added(site)
    appointed(site, visitor)
    visitor.get(page_of(site)).click("member-2-open")
    day = str(visitor.page.forms["renew-form"].fields["until"])
    visitor.submit("renew-form", until="1999-01-01")
    assert visitor.status == 422
    assert "until-error" in visitor.page.elements
    visitor.submit("renew-form", until=day)
    assert visitor.shows("It is changed.")


def test_an_agent_who_may_pass_on_appoints_below_and_sees_no_more(site: Site) -> None:
    visitor = added(site)
    friend = appointed(site, visitor, may_pass_on="yes")
    friend.get(page_of(site))
    assert "invite-agent" in friend.page.elements
    assert "invite-administrator" not in friend.page.elements
    assert friend.get(f"{page_of(site)}/invite/administrator").status == 404
    # Only what they may do themselves is offered.
    assert friend.get(f"{page_of(site)}/invite/agent").status == 200
    assert "matter-tax_filing" in friend.page.elements
    assert "matter-permits" not in friend.page.elements
    assert "scope-all" not in friend.page.elements


def test_an_administrator_sees_everybody_and_appoints_agents_alone(site: Site) -> None:
    visitor = added(site)
    friend = appointed(site, visitor, role="administrator", scope="all")
    friend.get(page_of(site))
    assert PERSON.name in friend.page.texts["members"]
    assert {"invite-agent", "history"} <= set(friend.page.elements)
    assert "invite-administrator" not in friend.page.elements
    assert friend.get(f"{page_of(site)}/invite/administrator").status == 404


def test_who_lays_down_their_right_is_led_to_the_list(site: Site) -> None:
    friend = appointed(site, added(site))
    friend.get(page_of(site)).click("member-1-open").submit("end-form")
    assert friend.path == ORGANISATIONS
    assert [one.ended_reason for one in mandates(site)][-1] == "laid_down"


def test_an_invitation_waits_and_is_taken_back(site: Site) -> None:
    visitor = invites(site, added(site))
    assert visitor.shows("The invitation is there.")
    assert FRIEND.name in visitor.page.texts["offered"]
    assert FRIEND.number not in visitor.body
    visitor.submit("offered-1-form")
    assert visitor.shows("The invitation is withdrawn.")
    assert "offered" not in visitor.page.texts


def test_what_is_wrong_in_an_invitation_is_said_and_what_was_typed_stays(site: Site) -> None:
    visitor = invites(site, added(site), name="", matter=[], number="123")
    assert visitor.status == 422
    assert {"name-error", "number-error", "matters-error"} <= set(visitor.page.elements)
    assert visitor.page.forms["invite-form"].fields["number"] == "123"
    assert invites(site, visitor, PERSON).status == 422
    assert visitor.shows("nobody is their own representative")


def test_the_level_at_which_rights_are_given_is_set_and_asked_for(site: Site) -> None:
    visitor = invites(site, added(site))
    visitor.get(page_of(site)).submit("level-form", level="3")
    assert visitor.shows("The level is set.")
    assert visitor.page.elements["level-3"].get("checked") is not None
    site.clock.advance(901)
    assert visitor.get(f"{page_of(site)}/invite/agent").path == "/login/presence"
    assert visitor.get(page_of(site)).submit("level-form", level="2").path == "/login/presence"


def test_a_new_representative_ends_what_the_old_one_gave(site: Site) -> None:
    visitor = added(site)
    appointed(site, visitor)
    other = signed_in(site, FRIEND, ORGANISATIONS)
    registered(site, FRIEND)
    added(site, other)
    assert other.path == page_of(site)
    assert visitor.get(page_of(site)).status == 404
    assert other.page.texts["members"].count(FRIEND.name) == 1


def test_organisations_are_found_by_their_own_id_alone(site: Site) -> None:
    added(site)
    stranger = signed_in(site, FRIEND, ORGANISATIONS)
    for path in ("", "/history", "/invite/agent", "/people/forged"):
        assert stranger.get(page_of(site) + path).status == 404, path
    assert stranger.get(f"{ORGANISATIONS}/forged").status == 404
    assert organisation_id(site) not in stranger.get(ORGANISATIONS).body


def test_many_agents_are_paged_and_found_by_few_statements(site: Site) -> None:
    visitor = added(site)
    _appoint(site, 3)
    few = _statements(site, visitor)
    _appoint(site, 117)
    assert _statements(site, visitor) == few
    assert _shown(visitor) == 50
    assert _shown(visitor.get(f"{page_of(site)}?page=3")) == 21
    for typed in ("4", "0", "-1", "x", "99999"):
        assert visitor.get(f"{page_of(site)}?page={typed}").status == 200, typed
    assert _shown(visitor.get(page_of(site)).submit("search-form", q=PERSON.name)) == 1
    assert visitor.path == page_of(site)
    assert _shown(visitor.submit("search-form", q="样")) == 50
    assert visitor.shows("70 more")
    assert "no-members" in visitor.submit("search-form", q="nobody").page.elements


def _appoint(site: Site, number: int) -> None:
    """So many agents, each another person."""
    found = site.services
    (top,) = [one for one in mandates(site) if one.parent_id is None]
    now = found.clock()
    with found.sessions.begin() as session:
        for _ in range(number):
            person = Person(id=new_id(now), level=2, name_sealed=b"", created_at=now)
            directory.set_name(person, "样本", found.cipher)
            session.add(person)
            session.flush()
            session.add(
                Mandate(
                    id=new_id(now),
                    role=Role.AGENT.value,
                    person_id=person.id,
                    organisation_id=top.organisation_id,
                    parent_id=top.id,
                    granted_by=top.person_id,
                    matters=[],
                    may_pass_on=False,
                    granted_at=now,
                )
            )


def _statements(site: Site, visitor: Visitor) -> int:
    seen: list[str] = []
    engine = site.services.engine

    def note(*statement: object) -> None:
        seen.append(str(statement[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert visitor.get(page_of(site)).status == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def _shown(visitor: Visitor) -> int:
    return visitor.page.texts["members"].count("Look at it")
