"""A department's back end calls another for the same person, and for the one that this person acts for."""

import json
from typing import Any

import pytest

from idp.crypto.master_key import MasterKeys
from idp.mandates.standing import standing
from idp.oidc.acting.claim import PAIRWISE
from idp.oidc.acting.recipients import afresh
from idp.session_clients import MYSELF
from tests.contracts.advertised.moves import part_of
from tests.idp.oidc.acting.hats import EVERYBODY, NAMED, Hats, hats_of
from tests.idp.oidc.token.exchange.exchanging import (
    ARCHIVE,
    AT_ARCHIVE,
    AT_DESK,
    AT_TAX,
    AT_VAULT,
    DESK,
    VAULT,
    Exchange,
    agree_with_tax,
    opened,
)
from tests.idp.oidc.world import HALL, TAX, World

SCOPES = "openid profile phone organisation"


@pytest.fixture
def desk(world: World) -> Exchange:
    found = opened(world)
    for client_id in (HALL, TAX, DESK, ARCHIVE, VAULT):
        found.register(client_id, accepted_parties=EVERYBODY, authorization_details_types=["mandate"])
    return found


@pytest.fixture
def hats(desk: Exchange, master_keys: MasterKeys) -> Hats:
    return hats_of(desk.world, master_keys)


def token(hats: Hats, choice: str, **asked: str) -> dict[str, Any]:
    return hats.tokens(choice, resource=AT_DESK, **asked)


def matter(*codes: str) -> str:
    return json.dumps([{"type": "mandate", "matter": code} for code in codes])


def test_the_new_token_is_for_the_same_one_in_the_terms_of_its_server(desk: Exchange, hats: Hats) -> None:
    mandate = hats.agent("tax_filing")
    made = desk.made(token(hats, mandate)["access_token"])
    said = desk.said(made["access_token"], ARCHIVE)
    server = desk.world.provider.clients.find(ARCHIVE)
    assert server is not None
    found = standing(desk.world.provider.reads, mandate, desk.world.clock())
    assert found is not None
    assert said["acting_for"] == afresh(desk.world.provider, server)(found)
    assert (said["sub"], said["act"]) == (desk.sub(ARCHIVE), {"sub": DESK})
    assert json.loads(desk.world.events("token_exchanged")[0].payload)["mandate_id"] == mandate


def test_who_acts_as_themselves_is_exchanged_as_themselves(desk: Exchange, hats: Hats) -> None:
    hats.root()
    made = desk.made(token(hats, MYSELF)["access_token"])
    assert "acting_for" not in desk.said(made["access_token"], ARCHIVE)


def test_who_exchanges_learns_no_names_of_another_sector(desk: Exchange, hats: Hats) -> None:
    agree_with_tax(desk.world)
    root = hats.root()
    hats.tokens(root, TAX)
    first = token(hats, root, prompt="select_account")
    made = desk.made(first["access_token"], resource=AT_TAX)
    mine, theirs = (desk.said(made["access_token"], who)["acting_for"] for who in (DESK, TAX))
    assert mine == {name: value for name, value in theirs.items() if name not in PAIRWISE}
    assert not {theirs["sub"], theirs["mandate_id"]} & set(
        part_of(first["id_token"], 1)["acting_for"].values()
    )


def test_act_nests_and_the_mandate_stays(desk: Exchange, hats: Hats) -> None:
    mandate = hats.agent("tax_filing", "invoices")
    first = desk.made(token(hats, mandate)["access_token"])
    second = desk.made(first["access_token"], ARCHIVE, resource=AT_VAULT)
    said = desk.said(second["access_token"], VAULT)
    assert said["act"] == {"sub": ARCHIVE, "act": {"sub": DESK}}
    assert said["acting_for"]["matters"] == ["tax_filing", "invoices"]


def test_it_is_narrowed_by_matters_and_stays_narrow(desk: Exchange, hats: Hats) -> None:
    root = hats.root()
    first = desk.made(
        token(hats, root)["access_token"], authorization_details=matter("tax_filing", "invoices")
    )
    second = desk.made(
        first["access_token"], ARCHIVE, resource=AT_VAULT, authorization_details=matter("invoices")
    )
    assert desk.said(first["access_token"], ARCHIVE)["acting_for"]["matters"] == ["tax_filing", "invoices"]
    assert desk.said(second["access_token"], VAULT)["acting_for"]["matters"] == ["invoices"]


def test_code_and_name_go_to_a_server_that_may_ask(desk: Exchange, hats: Hats) -> None:
    desk.register(HALL, scope=SCOPES)
    desk.rule(scope="openid profile organisation")
    root = hats.root()
    found = token(hats, root, scope="openid organisation")["access_token"]
    assert "name" not in desk.said(desk.made(found)["access_token"], ARCHIVE)["acting_for"]
    desk.register(ARCHIVE, scope=SCOPES)
    said = desk.said(desk.made(found)["access_token"], ARCHIVE)["acting_for"]
    assert said.items() >= NAMED.items()


@pytest.mark.parametrize("codes", [("invoices",), ("tax_filing", "invoices")])
def test_attack_an_exchange_for_a_matter_that_the_token_is_not_for(
    desk: Exchange, hats: Hats, codes: tuple[str, ...]
) -> None:
    """The mandate covers it; what the person came for does not."""
    found = token(hats, hats.root(), authorization_details=matter("tax_filing"))["access_token"]
    refused = desk.refused(found, authorization_details=matter(*codes))
    assert refused == "invalid_authorization_details"
    assert desk.said(desk.made(found)["access_token"], ARCHIVE)["acting_for"]["matters"] == ["tax_filing"]


def test_attack_a_second_exchange_widens_what_the_first_narrowed(desk: Exchange, hats: Hats) -> None:
    first = desk.made(token(hats, hats.root())["access_token"], authorization_details=matter("tax_filing"))
    refused = desk.refused(
        first["access_token"], ARCHIVE, resource=AT_VAULT, authorization_details=matter("invoices")
    )
    assert refused == "invalid_authorization_details"
    second = desk.made(first["access_token"], ARCHIVE, resource=AT_VAULT)
    assert desk.said(second["access_token"], VAULT)["acting_for"]["matters"] == ["tax_filing"]


def test_attack_a_mandate_for_who_acts_as_themselves(desk: Exchange, hats: Hats) -> None:
    hats.root()
    found = token(hats, MYSELF)["access_token"]
    assert desk.refused(found, authorization_details=matter("tax_filing")) == "invalid_authorization_details"


@pytest.mark.parametrize(
    "details",
    ["[]", "{", '[{"type": "payment_of_fee"}]', '[{"type": "mandate", "matter": "everything"}]'],
)
def test_attack_details_that_are_not_matters(desk: Exchange, hats: Hats, details: str) -> None:
    found = token(hats, hats.root())["access_token"]
    assert desk.refused(found, authorization_details=details) == "invalid_authorization_details"


def test_attack_another_organisation_is_named_at_the_exchange(desk: Exchange, hats: Hats) -> None:
    found = token(hats, hats.root())["access_token"]
    asked = json.dumps(
        [{"type": "mandate", "matter": "tax_filing", "organisation": NAMED["unified_social_credit_code"]}]
    )
    assert desk.refused(found, authorization_details=asked) == "invalid_authorization_details"


def test_attack_a_target_that_accepts_citizens_alone(desk: Exchange, hats: Hats) -> None:
    desk.register(ARCHIVE, accepted_parties=["citizen"])
    found = token(hats, hats.root())["access_token"]
    assert desk.refused(found, resource=AT_ARCHIVE) == "invalid_target"


def test_attack_a_target_that_accepts_businesses_alone(desk: Exchange, hats: Hats) -> None:
    desk.register(ARCHIVE, accepted_parties=["business"])
    found = token(hats, MYSELF)["access_token"]
    assert desk.refused(found, resource=AT_ARCHIVE) == "invalid_target"


@pytest.mark.parametrize("client_id", [DESK, HALL])
def test_attack_who_accepts_citizens_alone_exchanges_an_agents_token(
    desk: Exchange, hats: Hats, client_id: str
) -> None:
    """Nor is one exchanged that was given to a client which has stopped accepting them."""
    found = token(hats, hats.root())["access_token"]
    desk.register(client_id, accepted_parties=["citizen"])
    assert desk.refused(found) == "invalid_request"


def test_attack_the_mandate_ends_and_what_was_exchanged_goes_on(desk: Exchange, hats: Hats) -> None:
    mandate = hats.agent()
    found = token(hats, mandate)["access_token"]
    first = desk.made(found)["access_token"]
    second = desk.made(first, ARCHIVE, resource=AT_VAULT)["access_token"]
    hats.mandates.end(mandate, hats.world.person_id)
    assert desk.refused(found) == "invalid_request"
    assert desk.said(first, ARCHIVE) == desk.said(second, VAULT) == {"active": False}


def test_attack_the_mandate_is_narrowed_and_what_was_exchanged_says_more(desk: Exchange, hats: Hats) -> None:
    mandate = hats.agent("tax_filing", "invoices")
    found = token(hats, mandate)["access_token"]
    made = desk.made(found)["access_token"]
    hats.mandates.change(mandate, matters=["invoices"])
    assert desk.said(made, ARCHIVE) == {"active": False}
    assert desk.refused(found) == "invalid_request"


def test_attack_an_exchanged_token_outlives_the_mandate(desk: Exchange, hats: Hats) -> None:
    mandate = hats.agent(days=1)
    desk.world.clock.advance(24 * 3600 - 60)
    desk.world.sign_in()
    made = desk.made(token(hats, mandate)["access_token"])
    assert made["expires_in"] <= 60
    desk.world.clock.advance(61)
    assert desk.said(made["access_token"], ARCHIVE) == {"active": False}


def test_may_act_holds_for_who_acts_for_another_too(desk: Exchange, hats: Hats) -> None:
    desk.register(HALL, may_act=VAULT)
    assert desk.refused(token(hats, hats.root())["access_token"]) == "invalid_request"
