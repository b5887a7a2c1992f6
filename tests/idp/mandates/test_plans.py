"""What is asked all day finds its rows by indexes, on both databases."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Select, select, text
from sqlalchemy.dialects import postgresql, sqlite

from idp.mandates import roots
from idp.mandates.accepting import IS_FOR
from idp.mandates.models import Mandate, MandateInvitation
from idp.mandates.standing import HELD_BY, LADDERS
from idp.people.models import IdentityDocument
from tests.idp.mandates.world import World
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE
STATEMENTS: dict[str, Select[Any]] = {
    "standing": LADDERS.where(Mandate.id == "m"),
    "held by": HELD_BY,
    "represented by": roots.named("p"),
    "waiting for": select(MandateInvitation)
    .join(IdentityDocument, IS_FOR)
    .where(IdentityDocument.person_id == "p", MandateInvitation.answered_at.is_(None)),
}


def plan(connection: Connection, statement: Select[Any], now: datetime) -> str:
    is_postgresql = connection.dialect.name == "postgresql"
    dialect = postgresql.dialect() if is_postgresql else sqlite.dialect()  # type: ignore[no-untyped-call]
    compiled = statement.params(now=now, person="p").compile(
        dialect=dialect, compile_kwargs={"literal_binds": True}
    )
    if is_postgresql:
        connection.execute(text("SET enable_seqscan = off"))
    explain = "EXPLAIN " if is_postgresql else "EXPLAIN QUERY PLAN "
    rows = connection.exec_driver_sql(explain + str(compiled).replace("%", "%%"))
    return "\n".join(" ".join(map(str, row)) for row in rows)


@pytest.mark.parametrize("name", STATEMENTS)
def test_it_is_found_by_indexes(world: World, engine: Engine, name: str) -> None:
    with engine.connect() as connection:
        found = plan(connection, STATEMENTS[name], world.clock())
        connection.rollback()
    assert "Seq Scan" not in found
    assert "SCAN" not in found, found
    assert "index" in found.lower()
