"""What is asked all day is one statement, however long the ladder is."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from idp.mandates.models import Role
from idp.mandates.standing import held_by, standing
from idp.storage.database import reading
from tests.idp.mandates.world import World


def statements(engine: Engine, ask: Callable[[Connection], object]) -> list[str]:
    """As SQLite itself was given them."""
    made: list[str] = []
    with reading(engine).connect() as connection:
        connection.begin()
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(made.append)
        assert ask(connection)
        driver.set_trace_callback(None)
    return made


def test_one_statement(world: World, engine: Engine) -> None:
    world.firm(1)
    rungs = [world.root(world.person(1))]
    for serial in (2, 3, 4):
        rungs.append(world.below(rungs[-1], world.person(serial), Role.AGENT, may_pass_on=True))
    last = world.row(rungs[3])
    now = world.clock()
    assert len(statements(engine, lambda connection: standing(connection, last.id, now))) == 1
    assert len(statements(engine, lambda connection: held_by(connection, last.person_id, now))) == 1
