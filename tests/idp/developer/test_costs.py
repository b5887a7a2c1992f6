"""What the first page asks of the database, however many apps there are."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.login.visitor import Site


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements of a request."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(site.services.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(site.services.engine, "before_cursor_execute", note)


def test_twenty_apps_cost_no_statement_more_than_one(site: Site) -> None:
    team_id = console.own_team(site)
    console.an_app(site, team_id)
    visitor = at(site)
    visitor.get("/developer")
    with counted(site) as few:
        visitor.get("/developer")
    for number in range(2, 21):
        console.an_app(site, team_id, client_id=f"app-{number}")
    visitor.get("/developer")  # which finds the clients that it then has in memory
    with counted(site) as many:
        visitor.get("/developer")
    assert len(many) == len(few)
    assert "app-20" in visitor.body
