from typing import Any

import pytest

from idp.oidc.clients.metadata import MetadataRefused, from_json

FIELDS: dict[str, Any] = {"client_id": "tax", "sector": "tax.example", "client_name": "Tax"}
FIELDS |= {"redirect_uris": ["https://tax.example/callback"]}


def test_citizens_alone_come_where_nothing_is_said() -> None:
    metadata = from_json(FIELDS)
    assert metadata.accepted_parties == ("citizen",)
    assert not metadata.accepts_hats
    assert metadata.accepts(None)
    assert not metadata.accepts("legal_representative")


@pytest.mark.parametrize(
    ("parties", "roles"),
    [
        (["business"], {"legal_representative", "administrator"}),
        (["agent"], {"agent", "relative", "guardian"}),
        (["citizen", "agent"], {None, "agent", "relative", "guardian"}),
    ],
)
def test_who_comes_is_accepted_by_role(parties: list[str], roles: set[str | None]) -> None:
    metadata = from_json({**FIELDS, "accepted_parties": parties})
    assert metadata.accepts_hats
    every = {None, "legal_representative", "administrator", "agent", "relative", "guardian"}
    assert {role for role in every if metadata.accepts(role)} == roles


def test_a_role_that_nobody_knows_is_accepted_nowhere() -> None:
    assert not from_json({**FIELDS, "accepted_parties": ["citizen", "business", "agent"]}).accepts("king")


@pytest.mark.parametrize("parties", [[], ["citizen", "citizen"], ["person"], "citizen", None])
def test_a_field_that_says_nothing_certain_is_refused(parties: object) -> None:
    with pytest.raises(MetadataRefused, match="accepted_parties"):
        from_json({**FIELDS, "accepted_parties": parties})
