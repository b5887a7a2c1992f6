"""What a sandbox costs where nothing is chosen: a few looks, and no statement. Elsewhere it costs nothing
(tests/contracts/test_budgets.py counts an app without one)."""

import re

from tests.contracts.test_budgets import BUDGETS, sign_in
from tests.counting import Counting
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import Site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]

MORE = {
    "GET /oauth2/authorize": 1,  # whether it ends otherwise
    "POST /login": 1,  # whether the account is to be frozen
    "GET /oauth2/interaction, on to consent": 1,
    "GET /oauth2/interaction, back with a code": 2,  # and whether the sign-in counts
    "GET /oauth2/authorize, back with a code": 2,
    "POST /oauth2/token": 2,  # whose run the code is; that it was used
    "GET /oauth2/userinfo": 1,
    "GET /oauth2/jwks": 1,  # whether there are new keys to show
}


def test_a_sandbox_where_nothing_is_chosen_looks_a_few_times(site: Site) -> None:
    sign_in(site.visitor())
    counting = Counting(site.app)
    visitor = site.visitor()
    site.clock.advance(1)
    sign_in(visitor, prompt="consent")
    visitor.authorize("hall")
    for cost in counting.costs:
        label = re.sub(r"^(GET /oauth2/interaction)/.*", r"\1", cost.request)
        ends = "put grant and code" in cost.commands
        if label == "GET /oauth2/interaction":
            label += ", back with a code" if ends else ", on to consent"
        elif label == "GET /oauth2/authorize" and ends:
            label += ", back with a code"
        statements, commands = BUDGETS[label]
        assert len(cost.statements) <= statements, (label, cost.statements)
        assert len(cost.commands) <= commands + MORE.get(label, 0), (label, cost.commands)
