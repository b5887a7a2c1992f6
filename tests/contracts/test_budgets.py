"""What each request of a sign-in may cost. A new statement here is a decision, not an accident.

Counted with warm caches (clients, keys), on the SQL store. What is below the bound is welcome: lower it.
"""

import re
from collections.abc import Iterator

import pytest

from idp.audit import AuditContext
from idp.business.registry import LegalRepresentative
from idp.oidc.clients.models import ClientRecord
from idp.oidc.inspection import watching
from idp.oidc.room import KEY
from tests.counting import Cost, Counting
from tests.idp.business.registering import company
from tests.idp.login.conftest import clock, keys_text, prepared, site
from tests.idp.login.visitor import CALLBACKS, HALL, ISSUER, PERSON, Site, Visitor

__all__ = ["clock", "keys_text", "prepared", "site"]

VERIFIER = "v" * 43
BUDGETS: dict[str, tuple[int, int]] = {
    # request: (SQL statements, ephemeral commands), in the order of a sign-in
    "GET /oauth2/authorize": (0, 1),
    "GET /login": (0, 1),
    "POST /login": (5, 21),
    "GET /oauth2/interaction, on to consent": (1, 1),
    "GET /consent": (2, 1),
    "POST /consent": (5, 1),
    "GET /oauth2/interaction, back with a code": (2, 3),
    "POST /oauth2/token": (1, 1),
    "GET /oauth2/userinfo": (2, 1),
    "GET /oauth2/authorize, back with a code": (2, 1),
    "GET /.well-known/openid-configuration": (0, 0),
    "GET /oauth2/jwks": (0, 0),
}
"""A code issued, a token issued and claims released are one event each, which is one of the statements."""


@pytest.fixture
def changes() -> dict[str, str]:
    """What people use. A sandbox looks at each step whether an app chose otherwise (`idp.sandbox`)."""
    return {"IDP_SANDBOX": "false"}


def sign_in(visitor: Visitor, **changes: str) -> None:
    """The whole way of a person and their portal, and a second sign-in without being asked."""
    visitor.authorize(HALL, **changes)
    if visitor.path == "/login":
        visitor.sign_in(PERSON)
    if visitor.path == "/choose":
        # The last of them: the organisation.
        visitor.submit("choose-form", decision="choose")
    if visitor.path == "/consent":
        visitor.agree()
    form = {
        "grant_type": "authorization_code",
        "client_id": HALL,
        "code": visitor.query["code"],
        "redirect_uri": CALLBACKS[HALL],
        "code_verifier": VERIFIER,
    }
    tokens = visitor.client.post("/oauth2/token", data=form, base_url=ISSUER).get_json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert visitor.client.get("/oauth2/userinfo", headers=bearer, base_url=ISSUER).status_code == 200
    for path in ("/oauth2/jwks", "/.well-known/openid-configuration"):
        assert visitor.client.get(path, base_url=ISSUER).status_code == 200


@pytest.fixture
def costs(site: Site) -> dict[str, Cost]:
    sign_in(site.visitor())
    counting = Counting(site.app)
    visitor = site.visitor()
    site.clock.advance(1)  # a consent of this very second would count as given to this request
    sign_in(visitor, prompt="consent")
    visitor.authorize(HALL)
    return dict(_labelled(counting.costs))


def _labelled(costs: list[Cost]) -> Iterator[tuple[str, Cost]]:
    for cost in costs:
        label = re.sub(r"^(GET /oauth2/interaction)/.*", r"\1", cost.request)
        if label == "GET /oauth2/interaction":
            label += ", back with a code" if "put grant and code" in cost.commands else ", on to consent"
        elif label == "GET /oauth2/authorize" and "put grant and code" in cost.commands:
            label += ", back with a code"
        yield label, cost


def test_every_request_of_a_sign_in_has_a_budget_and_keeps_it(costs: dict[str, Cost]) -> None:
    assert set(costs) == set(BUDGETS)
    for label, (statements, commands) in BUDGETS.items():
        cost = costs[label]
        assert len(cost.statements) <= statements, (label, cost.statements)
        assert len(cost.commands) <= commands, (label, cost.commands)


def test_no_statement_is_made_twice_in_a_request(costs: dict[str, Cost]) -> None:
    for label, cost in costs.items():
        reads = [statement for statement in cost.statements if statement.startswith("SELECT")]
        assert len(reads) == len(set(reads)), label


def test_a_client_that_is_told_of_logouts_costs_two_statements_more_once_a_session(site: Site) -> None:
    """Its row, and that the session stands; afterwards the look at the session tells that it is there."""
    with site.app.extensions["yitong"].sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        told = {"backchannel_logout_uri": "https://hall.example/told"}
        record.metadata_json = {**record.metadata_json, **told}
    counting = Counting(site.app)
    visitor = site.visitor()
    sign_in(visitor)
    visitor.authorize(HALL)
    costs = dict(_labelled(counting.costs))
    first, then = "GET /oauth2/interaction, back with a code", "GET /oauth2/authorize, back with a code"
    # The keys and clients of a new process are read here as well; what is written is what counts.
    writes = [text for text in costs[first].statements if text.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [text.split(" (")[0].split(" SET")[0] for text in writes] == [
        "UPDATE browser_sessions",
        "INSERT INTO session_clients",
        "INSERT INTO audit_events",
    ]
    assert len(costs[then].statements) <= BUDGETS[then][0], costs[then].statements
    # Whether session and consent still stand, before its id_token goes out, and once more with the event.
    token = "POST /oauth2/token"
    found = [text.split()[0] for text in costs[token].statements if "browser_sessions" in text]
    assert found == ["SELECT", "INSERT"], costs[token].statements


def test_a_client_whose_team_watches_costs_two_commands_a_request_and_no_statement(site: Site) -> None:
    """To count the request, and to keep it. One that nobody watches costs what the budgets say."""
    with site.app.extensions["yitong"].sessions.begin() as session:
        watching.watch(session, HALL, site.clock())
    site.app.extensions[KEY].clients.forget(HALL)
    sign_in(site.visitor())
    counting = Counting(site.app)
    visitor = site.visitor()
    site.clock.advance(1)
    sign_in(visitor, prompt="consent")
    visitor.authorize(HALL)
    costs = dict(_labelled(counting.costs))
    for label, (statements, commands) in BUDGETS.items():
        assert len(costs[label].statements) <= statements, label
        assert len(costs[label].commands) <= commands + 2, (label, costs[label].commands)


def test_nobody_elses_data_is_read_before_the_password(costs: dict[str, Cost]) -> None:
    """The page of a sign-in that has only begun depends on nobody: it reads no row at all."""
    assert costs["GET /oauth2/authorize"].statements == ()
    assert costs["GET /login"].statements == ()


def test_who_acts_for_somebody_else_costs_one_look_at_their_mandate(site: Site) -> None:
    """At each request where something rests on it, the whole ladder in one statement. The choice is written
    once, with the session held and what it rests on."""
    found = site.app.extensions["yitong"]
    with found.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "accepted_parties": ["citizen", "business"]}
        answer = company(representative=LegalRepresentative(PERSON.name, PERSON.number))
        context = AuditContext(site.clock())
        found.organisations.keep(session, answer, asked_at=site.clock(), context=context)
    sign_in(site.visitor())
    counting = Counting(site.app)
    visitor = site.visitor()
    site.clock.advance(1)
    sign_in(visitor, prompt="consent")
    visitor.authorize(HALL)
    costs = dict(_labelled(counting.costs))
    assert set(costs) == {*BUDGETS, "GET /choose", "POST /choose"}
    # Beside what it costs those who act as themselves: the look; at the token that it went out, and whether
    # the client was told meanwhile that it is over.
    more = {
        "POST /oauth2/token": 4,
        "GET /oauth2/userinfo": 1,
        "GET /oauth2/authorize, back with a code": 1,
    }
    for label, statements in more.items():
        looks = [text for text in costs[label].statements if "FROM mandates" in text]
        assert len(looks) == 1, label
        assert len(costs[label].statements) <= BUDGETS[label][0] + statements, label
        assert len(costs[label].commands) <= BUDGETS[label][1], label
    first = costs["GET /oauth2/interaction, back with a code"].statements
    writes = [text for text in first if text.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [text.split(" (")[0].split(" SET")[0] for text in writes] == [
        "UPDATE browser_sessions",
        "INSERT INTO session_clients",
        "INSERT INTO audit_events",
    ]
