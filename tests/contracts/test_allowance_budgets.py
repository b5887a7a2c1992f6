"""What limits and metering add to a request: no statement, and one command in so many requests."""

from collections import Counter

import pytest
from flask import Flask

from tests.counting import Counting
from tests.idp.oidc.conftest import app, clock, configuration, master_document, master_keys, prepared
from tests.idp.oidc.world import HALL, SECRETS, basic

__all__ = ["app", "clock", "configuration", "master_document", "master_keys", "prepared"]

TIMES = 300
LEASE, CREDIT = 1200 // 20, 1200 // 100
"""Of the limit of config/development.toml."""
AUTHORIZED = {"Authorization": basic(HALL, SECRETS[HALL])}
FORMS = {
    "/oauth2/introspect": {"token": "none-of-ours"},
    "/oauth2/revoke": {"token": "none-of-ours"},
}


@pytest.mark.parametrize("path", list(FORMS))
def test_requests_of_a_client_share_their_leases(app: Flask, path: str) -> None:
    client = app.test_client()
    client.post(path, data=FORMS[path], headers=AUTHORIZED)
    counting = Counting(app)
    answers = {client.post(path, data=FORMS[path], headers=AUTHORIZED).status_code for _ in range(TIMES)}
    assert answers == {200}
    costs = counting.costs
    leases = Counter(command for cost in costs for command in cost.commands)["increment allowance"]
    assert leases == -(-(TIMES + 1) // LEASE)
    # The rest of it is what the endpoint itself costs: the same for each.
    others = {tuple(one for one in cost.commands if one != "increment allowance") for cost in costs}
    assert len(others) == 1
    written = [text for cost in costs for text in cost.statements if "usage" in text or "limit" in text]
    # A client is read with its limits by one statement, once in so many seconds; the clock stands still here.
    assert written == []


def test_who_asks_seldom_asks_the_store_no_more_than_before(app: Flask) -> None:
    client = app.test_client()
    counting = Counting(app)
    for _ in range(CREDIT):
        client.post("/oauth2/introspect", data={"token": "none-of-ours"}, headers=AUTHORIZED)
    assert not any("increment allowance" in cost.commands for cost in counting.costs)


def test_who_is_refused_costs_neither_store_nor_database(app: Flask) -> None:
    client = app.test_client()
    statuses = [
        client.post("/oauth2/introspect", data={"token": "x"}, headers=AUTHORIZED).status_code
        for _ in range(1202)
    ]
    assert statuses[-2:] == [429, 429]
    counting = Counting(app)
    for _ in range(20):
        client.post("/oauth2/introspect", data={"token": "x"}, headers=AUTHORIZED)
    assert {(cost.statements, cost.commands) for cost in counting.costs} == {((), ())}
