"""A mandate that ends between one step of a sign-in and the next."""

import json

import pytest
from sqlalchemy import select

from idp import sessions
from idp.mandates.ending import Reason
from idp.messages import sms
from idp.oidc import asking
from idp.oidc import interaction as interactions
from idp.oidc.authorize import outcome
from idp.oidc.authorize.deciding import Decided, Ending, decide
from idp.oidc.http import Response
from idp.oidc.next_step import Step
from idp.oidc.token import codes
from idp.oidc.token.codes import Presented
from idp.people import directory
from idp.people.models import Person
from idp.session_clients import MYSELF
from idp.storage.outbox import OutboxMessage
from tests.contracts.advertised.moves import error_of
from tests.idp.business.registering import company
from tests.idp.oidc.acting.hats import Hats
from tests.idp.oidc.acting.test_ending import entered, notices, offline
from tests.idp.oidc.world import BROWSER, HALL, REDIRECT_URIS, VERIFIER, fields_of, path_of

OFFLINE = "openid profile offline_access"


def decided(hats: Hats, response: Response) -> tuple[Ending, Decided]:
    """As a request finds it that comes to the end of the interaction which `response` is of."""
    provider, now, request = hats.world.provider, hats.world.clock(), hats.world.get("/")
    found = interactions.find(provider.store, fields_of(response)["interaction"], BROWSER, now)
    facts = decide(provider, found, request.cookie(sessions.COOKIE), now)
    assert facts.client is not None
    assert found.request is not None
    return Ending(request, found, found.request, facts.client, now), facts


def agreed(hats: Hats, response: Response, choice: str) -> None:
    """On both pages, without going on."""
    world, interaction_id = hats.world, fields_of(response)["interaction"]
    assert path_of(hats.choose(response, choice)) == "/consent"
    question = asking.question(world.provider, world.get("/consent"), interaction_id, BROWSER)
    assert question is not None
    asking.agree(world.provider, world.get("/consent"), question, ())


def test_it_ends_after_the_choice(hats: Hats) -> None:
    """The person is asked anew, also where there is nobody left but themselves: who came to act for somebody
    else goes on as themselves by their own word alone."""
    hats.accept()
    agent, root = hats.agent(), hats.root()
    response = hats.world.authorize()
    assert path_of(hats.choose(response, agent)) == "/consent"
    hats.mandates.end(agent, hats.world.person_id)
    interaction_id = fields_of(response)["interaction"]
    assert path_of(hats.world.resume(interaction_id)) == "/choose"
    hats.mandates.end(root, None, Reason.OPERATOR)
    hats.mandates.register_says(company(representative=None))
    assert path_of(hats.world.resume(interaction_id)) == "/choose"
    assert path_of(hats.choose(response, MYSELF)) == "/consent"
    shown = asking.question(hats.world.provider, hats.world.get("/consent"), interaction_id, BROWSER)
    assert shown is not None
    assert shown.acting is not None
    assert shown.acting.choice == MYSELF


@pytest.mark.parametrize("is_swept", [True, False])
def test_attack_a_mandate_ends_and_its_holder_goes_on_as_themselves_unawares(
    hats: Hats, is_swept: bool
) -> None:
    """What somebody then does for the company is done in their own name. Whether or not the worker has been
    by yet, at a client where they acted for somebody else they are asked; in silence nothing is answered."""
    hats.accept()
    agent = hats.agent()
    hats.tokens(agent)
    if is_swept:
        hats.mandates.end(agent, hats.world.person_id)
    else:
        hats.mandates.change(agent, expires_at=hats.world.clock())
    assert error_of(hats.world.authorize(prompt="none")) == "account_selection_required"
    response = hats.world.authorize()
    assert path_of(response) == "/choose"
    code = fields_of(hats.choose(response, MYSELF))["code"]
    assert hats.world.token(code).status == 200
    # Asked once.
    assert "code" in fields_of(hats.world.authorize(prompt="none"))
    assert notices(hats.world) == ([HALL] if is_swept else [])


def test_attack_a_narrowed_mandate_goes_on_in_silence(hats: Hats) -> None:
    """It stands, for less: nothing is issued by it without a word."""
    hats.accept()
    agent = hats.agent("tax_filing", "invoices")
    hats.tokens(agent)
    with hats.world.provider.sessions.begin() as session:
        hats.mandates.mandates.changing.narrow(
            *(session, agent, ["tax_filing"]), by=hats.world.person_id, context=hats.mandates.context
        )
    assert error_of(hats.world.authorize(prompt="none")) == "account_selection_required"
    assert path_of(hats.world.authorize()) == "/choose"


def test_it_ends_while_the_code_is_made(hats: Hats) -> None:
    """Nobody gets a code, nothing is remembered, and the client may ask again."""
    hats.accept()
    agent = hats.agent()
    response = hats.world.authorize()
    agreed(hats, response, agent)
    ending, facts = decided(hats, response)
    assert facts.step is Step.ISSUE
    hats.mandates.end(agent, hats.world.person_id)
    answer = outcome.issue(hats.world.provider, ending, facts)
    assert isinstance(answer, Response)
    assert error_of(answer) == "account_selection_required"
    assert (entered(hats.world), hats.world.events("code_issued")) == ({}, [])


def test_it_ends_while_the_code_of_a_remembered_choice_is_made(hats: Hats) -> None:
    """What was looked up before counts for a moment; the code is worth nothing."""
    hats.accept()
    agent = hats.agent()
    hats.tokens(agent)
    answer = hats.world.authorize()
    code = fields_of(answer)["code"]
    hats.mandates.end(agent, hats.world.person_id)
    refused = hats.world.token(code)
    assert json.loads(refused.body)["error"] == "invalid_grant"


def test_attack_a_code_of_before_is_redeemed_after_its_mandate_was_narrowed(hats: Hats) -> None:
    """What the portal would open by it, it would not be told the end of: it has been told already."""
    hats.accept()
    agent = hats.agent("tax_filing", "invoices")
    hats.tokens(agent)
    code = fields_of(hats.world.authorize())["code"]
    with hats.world.provider.sessions.begin() as session:
        hats.mandates.mandates.changing.narrow(
            *(session, agent, ["tax_filing"]), by=hats.world.person_id, context=hats.mandates.context
        )
    assert json.loads(hats.world.token(code).body)["error"] == "invalid_grant"
    # Anew, for what is left, and told of in its turn.
    hats.tokens(agent)
    hats.mandates.end(agent, hats.world.person_id)
    assert notices(hats.world) == [HALL, HALL]


def test_it_ends_after_the_code_was_taken(hats: Hats) -> None:
    """Between the one command that takes a code and the row of its grant."""
    hats.accept()
    agent = hats.agent()
    response = hats.choose(hats.world.authorize(scope=OFFLINE), agent)
    code = fields_of(hats.world.agree(response))["code"]
    provider = hats.world.provider
    authorization, _ = codes.redeem(
        provider.store,
        provider.grant_key,
        code,
        Presented(HALL, REDIRECT_URIS[HALL], VERIFIER),
        hats.world.clock(),
    )
    assert authorization.mandate_id == agent
    hats.mandates.end(agent, hats.world.person_id)
    assert json.loads(hats.world.token(code).body)["error"] == "invalid_grant"
    assert offline(hats.world) == 0


def test_a_principal_hears_of_the_first_sign_in_at_a_portal(hats: Hats) -> None:
    """Once a portal, however often."""
    hats.accept()
    mandate, principal = hats.relative()
    phone(hats, principal)
    for _ in range(2):
        hats.tokens(mandate)
        hats.world.sign_in()
    with hats.world.provider.sessions() as session:
        waiting = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == sms.KIND)).all()
    assert len(waiting) == 1


def phone(hats: Hats, person_id: str) -> None:
    with hats.world.provider.sessions.begin() as session:
        person = session.get_one(Person, person_id)
        sealed = hats.world.provider.cipher.seal("+8613800138009", context=directory.phone_context(person_id))
        person.phone_sealed, person.phone_confirmed_at = sealed, hats.world.clock()
