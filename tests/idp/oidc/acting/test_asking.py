"""Who is asked for whom they act, when, and between whom; nobody is asked in vain."""

import json

import pytest

from idp import sessions
from idp.business.registry import LegalRepresentative
from idp.mandates.ending import Reason
from idp.mandates.models import Role
from idp.oidc import asking
from idp.oidc import interaction as interactions
from idp.oidc.acting import choosing
from idp.oidc.acting.choosing import Question
from idp.oidc.http import Response
from idp.people.models import Person
from idp.session_clients import MYSELF
from idp.storage.base import new_id
from tests.contracts.advertised.moves import change, error_of
from tests.idp.business.registering import COMPANY, code_of, company
from tests.idp.oidc.acting.hats import Hats
from tests.idp.oidc.conftest import NAME, NUMBER
from tests.idp.oidc.world import BROWSER, HALL, TAX, fields_of, path_of


def page(hats: Hats, response: Response) -> Question | None:
    """What the page shows that `response` leads to."""
    assert path_of(response) == "/choose", dict(response.headers)
    return choosing.question(
        hats.world.provider, hats.world.get("/choose"), fields_of(response)["interaction"], BROWSER
    )


def choices(hats: Hats, response: Response) -> list[str]:
    found = page(hats, response)
    assert found is not None
    return [one.choice for one in found.options]


def sent_back(hats: Hats, response: Response) -> str | None:
    """The error that the client gets; None for a code."""
    if path_of(response) == "/consent":
        response = hats.world.agree(response)
    return error_of(response)


def test_a_client_that_has_citizens_alone_asks_nobody(hats: Hats) -> None:
    hats.root()
    hats.agent()
    assert path_of(hats.world.authorize()) == "/consent"


def test_who_may_act_for_nobody_is_not_asked(hats: Hats) -> None:
    hats.accept()
    assert path_of(hats.world.authorize()) == "/consent"
    assert error_of(hats.world.authorize(prompt="none")) == "consent_required"


def test_the_page_has_oneself_then_organisations_then_people(hats: Hats) -> None:
    hats.accept()
    person, _ = hats.relative()
    root, agent = hats.root(), hats.agent()
    found = page(hats, hats.world.authorize())
    assert found is not None
    assert found.options[0].choice == MYSELF
    assert {one.choice for one in found.options[1:3]} == {root, agent}
    assert found.options[3].choice == person
    assert (found.option(root).name, found.chosen) == (COMPANY, None)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        (["citizen", "business"], "self root"),
        (["business"], "root"),
        (["agent"], "agent relative guardian"),
        (["citizen", "agent"], "self agent relative guardian"),
    ],
)
def test_the_page_has_nobody_whom_the_client_does_not_accept(
    hats: Hats, parties: list[str], expected: str
) -> None:
    hats.accept(parties=parties)
    relative, _ = hats.relative()
    guardian, _ = hats.relative(role=Role.GUARDIAN)
    known = {"self": MYSELF, "root": hats.root(), "agent": hats.agent()}
    known |= {"relative": relative, "guardian": guardian}
    assert set(choices(hats, hats.world.authorize())) == {known[name] for name in expected.split()}


def test_the_page_has_nobody_for_another_matter(hats: Hats) -> None:
    hats.accept(authorization_details_types=["mandate"])
    root, taxes, (benefits, _) = hats.root(), hats.agent("tax_filing"), hats.relative("benefits")
    asked = json.dumps([{"type": "mandate", "matter": "tax_filing"}])
    found = choices(hats, hats.world.authorize(authorization_details=asked))
    # Nor oneself: the client asked for somebody who acts for another.
    assert set(found) == {root, taxes}
    assert benefits not in found


def test_of_one_alone_the_page_is_shown_with_it_ticked(hats: Hats) -> None:
    hats.accept(parties=["business"])
    root = hats.root()
    found = page(hats, hats.world.authorize())
    assert found is not None
    assert ([one.choice for one in found.options], found.chosen) == ([root], root)


def test_a_root_is_made_when_the_page_is(hats: Hats) -> None:
    """The register names somebody who has never been here."""
    hats.accept()
    hats.mandates.register_says(company(representative=LegalRepresentative(NAME, NUMBER)))
    assert hats.mandates.held_by(hats.world.person_id) == []
    first = hats.world.authorize()
    assert error_of(hats.world.authorize(prompt="none")) == "consent_required"
    found = page(hats, first)
    assert found is not None
    (root,) = hats.mandates.held_by(hats.world.person_id)
    assert [one.choice for one in found.options] == [MYSELF, root]
    assert len(hats.mandates.events("mandate_granted")) == 1


def test_who_has_nobody_to_act_for_is_told_so(hats: Hats) -> None:
    hats.accept(parties=["business"])
    hats.agent()
    response = hats.world.authorize()
    found = page(hats, response)
    assert found is not None
    assert found.options == ()
    assert error_of(hats.world.authorize(prompt="none")) == "consent_required"


def test_the_choice_goes_with_the_grant_and_the_session(hats: Hats) -> None:
    hats.accept()
    root = hats.root()
    found = hats.tokens(root)
    assert hats.said(found["access_token"])["acting_for"]["role"] == "legal_representative"
    # The same client does not ask again; in the same session, nor does it without a page.
    assert sent_back(hats, hats.world.authorize()) is None
    answer = hats.world.authorize(prompt="none")
    told = json.loads(hats.world.token(fields_of(answer)["code"]).body)
    assert hats.said(told["access_token"])["acting_for"]["role"] == "legal_representative"
    (event,) = hats.world.events("acting_chosen")
    payload = json.loads(event.payload)
    assert (event.client_id, payload["mandate_id"], payload["role"]) == (HALL, root, "legal_representative")


def test_another_client_asks_with_the_last_hat_ticked(hats: Hats) -> None:
    hats.accept()
    hats.accept(TAX, minimum_level=2)
    root, agent = hats.root(), hats.agent()
    hats.tokens(root)
    found = page(hats, hats.world.authorize(TAX))
    assert found is not None
    assert found.chosen == root
    hats.world.clock.advance(1)
    hats.tokens(agent, TAX)
    found = page(hats, hats.world.authorize(prompt="select_account"))
    assert found is not None
    assert found.chosen == agent


def test_a_new_session_asks_anew(hats: Hats) -> None:
    hats.accept()
    hats.tokens(hats.root())
    hats.world.sign_in()
    assert path_of(hats.world.authorize()) == "/choose"


def test_a_hat_that_is_changed_replaces_the_last(hats: Hats) -> None:
    hats.accept()
    root, agent = hats.root(), hats.agent()
    hats.tokens(root)
    hats.tokens(agent, prompt="select_account")
    found = hats.tokens("not asked")
    assert hats.said(found["access_token"])["acting_for"]["role"] == "agent"
    hats.tokens(MYSELF, prompt="select_account")
    assert "acting_for" not in hats.said(hats.tokens("not asked")["access_token"])


def test_select_account_asks_for_whom_and_for_no_password(hats: Hats) -> None:
    hats.accept()
    root = hats.root()
    hats.tokens(root)
    hats.world.clock.advance(60)
    assert path_of(hats.world.authorize(prompt="select_account")) == "/choose"
    # Elsewhere there is nothing to select but another sign-in.
    assert path_of(hats.world.authorize(TAX, prompt="select_account")) == "/login"


def test_select_account_shows_oneself_to_who_has_signed_in_before(hats: Hats) -> None:
    hats.accept(parties=["citizen", "agent"])
    hats.world.clock.advance(60)
    response = hats.world.authorize(prompt="select_account")
    assert choices(hats, response) == [MYSELF]
    assert path_of(hats.choose(response, MYSELF)) == "/consent"
    # Who has just signed in has selected.
    hats.world.cookies.clear()
    response = hats.world.authorize(prompt="select_account")
    assert path_of(response) == "/login"
    hats.world.clock.advance(1)
    hats.world.sign_in()
    assert path_of(hats.world.resume(fields_of(response)["interaction"])) == "/consent"


def test_without_a_page_nobody_is_chosen(hats: Hats) -> None:
    """OpenID Connect Core 1.0 section 3.1.2.6."""
    hats.accept()
    root = hats.root()
    # Whom the client has never been told anything of, it is told nothing of.
    assert error_of(hats.world.authorize(prompt="none")) == "consent_required"
    hats.tokens(root)
    assert error_of(hats.world.authorize(prompt="none")) is None
    hats.world.sign_in()
    assert error_of(hats.world.authorize(prompt="none")) == "account_selection_required"
    hats.tokens(root)
    assert error_of(hats.world.authorize(prompt="none")) is None
    hats.mandates.end(root, None, Reason.OPERATOR)
    hats.agent()
    assert error_of(hats.world.authorize(prompt="none")) == "account_selection_required"


def test_who_lost_every_hat_goes_on_as_themselves_by_their_own_word(hats: Hats) -> None:
    hats.accept()
    agent = hats.agent()
    hats.tokens(agent)
    hats.mandates.end(agent, hats.world.person_id)
    assert path_of(hats.world.authorize()) == "/choose"
    hats.tokens(MYSELF)
    found = hats.tokens("not asked")
    assert "acting_for" not in hats.said(found["access_token"])


def test_two_tabs_of_one_request_end_with_what_was_chosen_last(hats: Hats) -> None:
    hats.accept()
    root, agent = hats.root(), hats.agent()
    response = hats.world.authorize()
    world, interaction_id = hats.world, fields_of(response)["interaction"]
    first = hats.choose(response, root)
    assert path_of(first) == "/consent"
    shown = asking.question(world.provider, world.get("/consent"), interaction_id, BROWSER)
    assert shown is not None
    assert shown.acting is not None
    assert shown.acting.choice == root
    # The other tab still has the page.
    second = hats.choose(response, agent)
    assert path_of(second) == "/consent"
    again = asking.question(world.provider, world.get("/consent"), interaction_id, BROWSER)
    assert again is not None
    assert again.asked != shown.asked
    assert again.acting is not None
    assert again.acting.choice == agent


def test_a_choice_that_comes_second_at_the_very_moment_changes_nothing(hats: Hats) -> None:
    hats.accept()
    root, agent = hats.root(), hats.agent()
    response = hats.world.authorize()
    one, other = page(hats, response), page(hats, response)
    assert one is not None
    assert other is not None
    for question, choice in ((one, root), (other, agent)):
        option = question.option(choice)
        assert option is not None
        choosing.choose(hats.world.provider, hats.world.get("/choose"), question, option)
    assert len(hats.world.events("acting_chosen")) == 1
    shown = asking.question(hats.world.provider, hats.world.get("/consent"), one.interaction.id, BROWSER)
    assert shown is not None
    assert shown.acting is not None
    assert shown.acting.choice == root


def test_attack_somebody_goes_on_with_the_choice_of_another(hats: Hats) -> None:
    """Who signs in in their place meanwhile is asked, and does not find it among theirs."""
    hats.accept()
    root = hats.root()
    response = hats.world.authorize()
    assert path_of(hats.choose(response, root)) == "/consent"
    stranger = hats.mandates.person()
    hats.world.person_id = stranger
    hats.world.sign_in()
    after = hats.world.resume(fields_of(response)["interaction"])
    assert path_of(after) == "/consent"
    shown = asking.question(
        hats.world.provider, hats.world.get("/consent"), fields_of(response)["interaction"], BROWSER
    )
    assert shown is not None
    assert (shown.person_id, shown.acting) == (stranger, None)


@pytest.mark.parametrize("choice", ["root of another", "unknown"])
def test_attack_a_mandate_of_somebody_else_is_chosen(hats: Hats, choice: str) -> None:
    """Whatever has got into an interaction, each use asks whose it is."""
    hats.accept()
    boss = hats.mandates.person(801)
    hats.mandates.firm(801, code_of(7))
    theirs = hats.mandates.root(boss) if choice == "root of another" else new_id(hats.world.clock())
    hats.agent()
    response = hats.world.authorize()
    provider = hats.world.provider
    found = interactions.find(provider.store, fields_of(response)["interaction"], BROWSER, hats.world.clock())
    person_id = hats.world.person_id
    assert interactions.choose(provider.store, found, person_id, theirs, hats.world.clock())
    assert path_of(hats.world.resume(found.id)) == "/choose"


def test_an_account_that_nobody_verified_acts_for_nobody(hats: Hats) -> None:
    hats.accept()
    hats.root()
    with hats.world.provider.sessions.begin() as session:
        session.get_one(Person, hats.world.person_id).level = 1
    assert path_of(hats.world.authorize()) == "/consent"
    change(hats.world, TAX, accepted_parties=["business"], minimum_level=1)
    assert path_of(hats.world.authorize(TAX)) == "/enrol"


def test_who_has_proved_a_phone_alone_proves_more_before_anybody_is_named(hats: Hats) -> None:
    hats.accept()
    hats.root()
    hats.world.sign_in(level=1, method="sms")
    assert path_of(hats.world.authorize()) == "/login"
    assert error_of(hats.world.authorize(prompt="none")) == "login_required"


def test_people_may_think_again_until_they_have_agreed(hats: Hats) -> None:
    hats.accept()
    root = hats.root()
    response = hats.world.authorize()
    consent = hats.choose(response, root)
    assert path_of(consent) == "/consent"
    assert page(hats, response) is not None
    assert path_of(hats.choose(response, MYSELF)) == "/consent"
    found = hats.world.agree(hats.world.resume(fields_of(response)["interaction"]))
    tokens = json.loads(hats.world.token(fields_of(found)["code"]).body)
    assert "acting_for" not in hats.said(tokens["access_token"])


def test_who_is_somebody_else_signs_in_anew(hats: Hats) -> None:
    hats.accept()
    hats.root()
    response = hats.world.authorize()
    question = page(hats, response)
    assert question is not None
    headers = choosing.sign_out(hats.world.provider, hats.world.get("/choose"), question)
    assert any(value.startswith(f"{sessions.COOKIE}=;") for _, value in headers)
    (event,) = hats.world.events("signed_out")
    assert json.loads(event.payload)["reason"] == "somebody-else"
    assert path_of(hats.world.resume(question.interaction.id)) == "/login"


def test_what_was_agreed_to_in_detail_was_agreed_to_for_one_alone(hats: Hats) -> None:
    hats.accept(authorization_details_types=["mandate"])
    root, agent = hats.root(), hats.agent()
    asked = json.dumps([{"type": "mandate", "matter": "tax_filing"}])
    hats.tokens(root, authorization_details=asked)
    for choice in (agent, root):
        response = hats.world.authorize(authorization_details=asked, prompt="select_account")
        assert path_of(hats.choose(response, choice)) == "/consent"
