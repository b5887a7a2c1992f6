"""Approvers and teams who act at the same moment, on PostgreSQL with all its locks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from time import monotonic
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from idp.apps import apps
from idp.apps.going_live import asking, deciding
from idp.apps.going_live.deciding import NotYours, Word
from idp.apps.going_live.models import AppRequest
from idp.apps.models import App, Team
from idp.apps.refusing import DeveloperDeedRefused
from idp.audit.context import AuditContext
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.changes.sectors import lock_sector
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.own_places import own_places
from idp.oidc.logos.models import ClientLogo
from idp.people.models import Person
from idp.staff.roles import StaffRole
from idp.staff.sessions import StaffSignIn
from idp.storage.base import new_id
from tests.contracts.test_flow_on_postgresql import world
from tests.idp.oidc.registration.registering import opened
from tests.idp.oidc.world import World

__all__ = ["world"]

ROUNDS = 8
HOST = "fees.example"
FIELDS: dict[str, Any] = {
    "client_name": "Fees",
    "client_name#zh-CN": "缴费",
    "redirect_uris": [f"https://{HOST}/callback"],
    "policy_uri": f"https://{HOST}/privacy",
    "contacts": [f"ops@{HOST}"],
    "scope": "openid",
    "token_endpoint_auth_method": "none",
}


def approver(world: World, serial: int) -> StaffSignIn:
    now = world.clock()
    roles = frozenset({StaffRole.APPROVER})
    return StaffSignIn("s", new_id(now), f"A-{serial}", roles, "", "", ("password",), now, now, now)


def asked(world: World, client_id: str) -> tuple[str, str, str]:
    """A draft of somebody else's team, for which approval was asked: team, app and request."""
    now = world.clock()
    with Session(world.engine) as session, session.begin():
        person = Person(id=new_id(now), status="active", level=2, name_sealed=b"x", created_at=now)
        session.add(person)
        session.flush()
        team = Team(id=new_id(now), organisation_id=None, name=None, created_by=person.id, created_at=now)
        session.add(team)
        session.flush()
        fields = {**FIELDS, "client_id": client_id, "sector": f"..{client_id}"}
        report = {"by": "server", "made_at": now.isoformat(), "has_passed": True}
        told = {
            "metadata": fields,
            "number": 1,
            "package": {"seen": {"sign_ins": 3, "report": report}, "thumbprints": []},
        }
        context = AuditContext(now)
        app = apps.add(
            session, team, "portal", person.id, client_id=None, told=told, at_most=50, context=context
        )
        request = asking.ask(
            session,
            app,
            fields,
            number=1,
            reasons={},
            note="",
            person_id=person.id,
            own=own_places("https://id.example"),
            context=context,
        )
        return team.id, app.id, request.id


def approves(world: World, request_id: str, officer: StaffSignIn) -> Any:
    with Session(world.engine) as session, session.begin():
        deciding.decide(
            session,
            request_id,
            officer,
            Word(agrees=True),
            secrets=world.provider.authenticator.secrets,
            context=AuditContext(world.clock()),
            tell=lambda *_: None,
        )


def withdraws(world: World, team_id: str, app_id: str) -> Any:
    with Session(world.engine) as session, session.begin():
        session.get(Team, team_id, with_for_update=True)
        app = session.get_one(App, app_id, with_for_update=True, populate_existing=True)
        asking.withdraw(session, app, app.created_by, context=AuditContext(world.clock()))


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each came to; a refusal is one, too."""
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return deed()
        except (NotYours, DeveloperDeedRefused) as refused:
            return refused

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


def test_race_of_two_approvers_over_one_request(world: World) -> None:
    for number in range(ROUNDS):
        _team, app_id, request_id = asked(world, f"fees-{number}")
        found = at_once(*(partial(approves, world, request_id, approver(world, one)) for one in (1, 2)))
        assert sorted(isinstance(one, NotYours) for one in found) == [False, True], found
        with Session(world.engine) as session:
            assert session.get_one(App, app_id).client_id == f"fees-{number}"


def test_race_of_an_approver_and_a_team_that_takes_its_request_back(world: World) -> None:
    for number in range(ROUNDS):
        team_id, app_id, request_id = asked(world, f"fees-{number}")
        found = at_once(
            partial(approves, world, request_id, approver(world, 1)),
            partial(withdraws, world, team_id, app_id),
        )
        assert sorted(one is None for one in found) == [False, True], found
        with Session(world.engine) as session:
            is_live = session.get_one(App, app_id).client_id is not None
            assert is_live == (session.get_one(AppRequest, request_id).state == "approved")
            assert is_live == (found[0] is None)


def test_race_of_two_teams_for_the_sector_of_one_host(world: World) -> None:
    """Both would know people by the same `sub` (OpenID Connect Core 1.0 section 8.1)."""
    for number in range(ROUNDS):
        pairs = [asked(world, f"fees-{number}-{one}") for one in "ab"]
        at_once(*(partial(approves, world, one[2], approver(world, 1)) for one in pairs))
        with Session(world.engine) as session, session.begin():
            sectors = session.scalars(
                select(ClientRecord.sector).where(ClientRecord.client_id.startswith(f"fees-{number}-"))
            ).all()
            assert len(sectors) == len(set(sectors)) == 2, sectors
            session.execute(delete(AppRequest))
            session.execute(delete(App))
            session.execute(delete(ClientRecord).where(ClientRecord.client_id.startswith("fees-")))
        world.clock.advance(1)


def test_race_of_a_team_and_a_client_that_registers_itself_for_one_host(world: World) -> None:
    """By RFC 7591, and by the console: whoever comes second finds the sector taken."""
    desk = opened(world)
    for number in range(ROUNDS):
        _team, _app, request_id = asked(world, f"fees-{number}")
        at_once(
            partial(approves, world, request_id, approver(world, 1)),
            partial(desk.post, {"redirect_uris": [f"https://{HOST}/callback"]}),
        )
        with Session(world.engine) as session, session.begin():
            found = session.execute(
                select(ClientRecord.client_id, ClientRecord.sector).where(
                    ClientRecord.sector.in_((HOST, f"..fees-{number}"))
                )
            ).all()
            assert len([one for one in found if one.sector == HOST]) == 1, found
            session.execute(delete(AppRequest))
            session.execute(delete(App))
            gone = ClientRecord.client_id.in_([one.client_id for one in found])
            session.execute(delete(ClientLogo))
            session.execute(delete(ClientRecord).where(gone))
        world.clock.advance(1)


def test_who_registers_itself_waits_for_a_team_that_claims_the_host(world: World) -> None:
    desk = opened(world)
    with ThreadPoolExecutor(1) as threads, Session(world.engine) as session, session.begin():
        lock_sector(session, HOST)
        later = threads.submit(desk.post, {"redirect_uris": [f"https://{HOST}/callback"]})
        waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        ends = monotonic() + 30
        while not session.scalar(waits):
            assert monotonic() < ends
            assert not later.done(), later.result()
        fields = {**FIELDS, "client_id": "fees", "sector": HOST}
        staff = Actor(ActorKind.STAFF, new_id(world.clock()))
        context = AuditContext(world.clock())
        secrets = world.provider.authenticator.secrets
        changing.create(session, fields, actor=staff, context=context, secrets=secrets)
        session.commit()
        answer = later.result(30)
    assert answer.status == 400
    assert b"registered by the operator" in answer.body
