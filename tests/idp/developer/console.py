"""People at the developers' console, their teams and apps, made without its pages: quickly."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from idp.apps import apps, teams
from idp.apps.membership import MATTER
from idp.apps.models import App, Role, Team, TeamMember
from idp.audit.context import AuditContext
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.organisations import find_by_code
from idp.business.registry import LegalRepresentative, RegisteredOrganisation
from idp.mandates import roots
from idp.mandates.granting import Giver, Terms, grant
from idp.mandates.models import Mandate
from idp.mandates.models import Role as MandateRole
from idp.mandates.standing import held_by
from idp.oidc.clients.metadata import read
from idp.oidc.clients.models import ClientRecord
from idp.people import directory
from idp.people.resident_number import SANDBOX_ADDRESS, compose
from tests.idp.login.conftest import add_account
from tests.idp.login.licences.licensing import CODE, COMPANY
from tests.idp.login.visitor import PERSON, Site, Someone, Visitor


def _somebody(name: str, serial: int) -> Someone:
    number = compose(SANDBOX_ADDRESS, date(1988, 8, 8), serial)
    return Someone(name, number, f"+861380013{serial:04}", "four quiet rivers", None)


OWNER = PERSON
"""Also the legal representative, where there is an organisation."""
DEVELOPER, VIEWER, STRANGER = (
    _somebody(name, serial) for name, serial in (("赵六", 5), ("孙七", 7), ("周八", 9))
)
CONSOLE = "/developer"
CALLBACK = "https://app.example/callback"


def settle(site: Site, *everybody: Someone) -> None:
    """They have accounts of level 2, as `OWNER` has."""
    found = site.services
    with found.sessions.begin() as session:
        for someone in everybody:
            add_account(session, someone, found.cipher, found.index)


def id_of(site: Site, someone: Someone) -> str:
    found = site.services
    with found.sessions() as session:
        person = directory.find_by_number(session, found.index, someone.number)
        assert person is not None, "settle() them first"
        return person.id


def at(site: Site, someone: Someone = OWNER, path: str = CONSOLE) -> Visitor:
    """Signed in by a password a moment ago, at a page of the console."""
    visitor = site.visitor().get(path)
    assert visitor.path == "/login", visitor.url
    return visitor.sign_in(someone)


def post(visitor: Visitor, path: str, **fields: str) -> Visitor:
    """Whatever the page shows, and whoever made the form: without following where the answer leads."""
    token = Visitor.csrf(visitor.get("/account"))
    response = visitor.client.post(path, data={"csrf_token": token, **fields}, **visitor._environment())
    visitor.status, visitor.url = response.status_code, path
    visitor.body, visitor.location = response.get_data(as_text=True), response.headers.get("Location")
    return visitor


def context(site: Site) -> AuditContext:
    return AuditContext(site.clock())


def own_team(site: Site, someone: Someone = OWNER) -> str:
    """Their personal team; its id."""
    person_id = id_of(site, someone)
    with site.services.sessions.begin() as session:
        return teams.personal(session, person_id, context=context(site)).id


def company(site: Site, code: str = CODE, name: str = COMPANY) -> str:
    """An organisation whose legal representative `OWNER` is, here already; its id."""
    found, circumstances = site.services, context(site)
    representative = LegalRepresentative(OWNER.name, OWNER.number)
    registered = RegisteredOrganisation(
        code, name, OrganisationType.ENTERPRISE, OrganisationStatus.ACTIVE, representative
    )
    owner_id = id_of(site, OWNER)
    with found.sessions.begin() as session:
        found.organisations.keep(session, registered, asked_at=found.clock(), context=circumstances)
    with found.sessions.begin() as session:
        roots.represents(session, owner_id, context=circumstances, ends=found.ends)
        organisation = find_by_code(session, code)
        assert organisation is not None
        return organisation.id


def company_team(site: Site, organisation_id: str) -> str:
    """Made by its legal representative; its id."""
    owner_id = id_of(site, OWNER)
    with site.services.sessions.begin() as session:
        team = teams.open_for(session, organisation_id, owner_id, at_most=20, context=context(site))
        return team.id


def mandated(site: Site, someone: Someone, organisation_id: str, matters: Sequence[str] = (MATTER,)) -> str:
    """They may act for the organisation in these matters for a month; the mandate's id."""
    owner_id, person_id = id_of(site, OWNER), id_of(site, someone)
    circumstances = context(site)
    with site.services.sessions.begin() as session:
        root = next(
            one
            for one in held_by(session.connection(), owner_id, circumstances.at)
            if one.organisation_id == organisation_id
        )
        until = circumstances.at + timedelta(days=30)
        terms = Terms(MandateRole.AGENT, tuple(matters), may_pass_on=False, expires_at=until)
        giver = Giver(owner_id, root)
        ends = site.services.ends
        return grant(session, giver, person_id, terms, context=circumstances, ends=ends).id


def mandate_ends(site: Site, mandate_id: str) -> None:
    """From now on it counts for nothing."""
    with site.services.sessions.begin() as session:
        session.get_one(Mandate, mandate_id).ended_at = site.clock()


def joined(site: Site, someone: Someone, team_id: str, role: Role = Role.DEVELOPER) -> None:
    """They have a row in the team, with no invitation."""
    person_id, owner_id = id_of(site, someone), id_of(site, OWNER)
    site.clock.advance(1)  # members stand in the order in which they came
    with site.services.sessions.begin() as session:
        session.add(
            TeamMember(team_id=team_id, person_id=person_id, role=role, since=site.clock(), added_by=owner_id)
        )


def an_app(
    site: Site,
    team_id: str,
    someone: Someone = OWNER,
    *,
    client_id: str = "app-1",
    kind: str = "single-page",
    **fields: Any,
) -> str:
    """An app of the team with a public client, registered as `fields` say; the app's id, not the client's."""
    person_id = id_of(site, someone)
    given = {
        "client_id": client_id,
        "sector": f"{client_id}.example",
        "client_name": f"App {client_id}",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
        **fields,
    }
    metadata = read(given)
    now = site.clock()
    with site.services.sessions.begin() as session:
        session.add(
            ClientRecord(
                client_id=client_id,
                sector=metadata.sector,
                metadata_json=metadata.to_json(),
                created_at=now,
                updated_at=now,
            )
        )
        session.flush()
        team = session.get_one(Team, team_id)
        made = apps.add(
            session,
            team,
            kind,
            person_id,
            client_id=client_id,
            told={},
            at_most=50,
            context=context(site),
        )
        return made.id


def takes_over(site: Site, team_id: str, client_id: str, someone: Someone = OWNER) -> str:
    """A client that is there already becomes an app of the team; the app's id."""
    person_id = id_of(site, someone)
    with site.services.sessions.begin() as session:
        team = session.get_one(Team, team_id)
        return apps.add(
            session,
            team,
            "portal",
            person_id,
            client_id=client_id,
            told={},
            at_most=50,
            context=context(site),
        ).id


def a_draft(site: Site, team_id: str, someone: Someone = OWNER, **told: Any) -> str:
    """An app with no client yet; its id."""
    person_id = id_of(site, someone)
    with site.services.sessions.begin() as session:
        team = session.get_one(Team, team_id)
        return apps.add(
            session,
            team,
            "single-page",
            person_id,
            client_id=None,
            told=told,
            at_most=50,
            context=context(site),
        ).id


def app_of(site: Site, app_id: str) -> App | None:
    with site.services.sessions() as session:
        return session.scalars(select(App).where(App.id == app_id)).one_or_none()
