"""Apps that register themselves with a token of a team's: they are the team's (RFC 7591 section 3)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from idp.apps import apps
from idp.apps.membership import may_have_programs
from idp.apps.models import Team
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import InitialTokenEnded, InitialTokenMade
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.registration import initial_tokens
from idp.oidc.registration.initial_tokens import InitialAccessToken, TokenSpent
from idp.oidc.registration.refusing import Forbidden
from idp.settings.developer import Developer as Settings


@dataclass(frozen=True, slots=True, repr=False)
class TokenMade:
    id: str
    token: str
    """To be shown once: it is not kept."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """Called in the transaction in which a client registers with an initial access token."""

    settings: Settings

    def may_manage(self, session: Session, client_id: str, now: datetime) -> bool:
        """A program that registered an app with a team's token acts for whoever made that token: what it
        holds of the app (RFC 7592) opens nothing once they may not change the app themselves. The app stays
        the team's, which changes it in the console."""
        app = apps.of_client(session, client_id)
        team = None if app is None else session.get(Team, app.team_id)
        return app is None or (team is not None and may_have_programs(session, team, app.created_by, now))

    def hold(self, session: Session, token_id: str) -> None:
        """The team, as everything in the console does before it claims a sector."""
        token = session.get(InitialAccessToken, token_id)
        if token is not None and token.team_id is not None:
            session.get(Team, token.team_id, with_for_update=True, populate_existing=True)

    def __call__(self, session: Session, client_id: str, token_id: str, context: AuditContext) -> None:
        """Nothing, with a token of the operator's. Raises TokenSpent where whoever made it may develop in the
        team no more, Forbidden where the team has as many apps as it may have."""
        token = session.get(InitialAccessToken, token_id)
        if token is None or token.team_id is None or token.made_by is None:
            return
        team = session.get(Team, token.team_id)
        if team is None or not may_have_programs(session, team, token.made_by, context.at):
            raise TokenSpent
        try:
            apps.add(
                session,
                team,
                apps.REGISTERED,
                token.made_by,
                client_id=client_id,
                told={},
                at_most=self.settings.apps_per_team,
                context=context,
            )
        except DeveloperDeedRefused:
            raise Forbidden("The team has as many apps as it may have.") from None


def make_token(
    session: Session,
    team: Team,
    by: str,
    *,
    uses: int,
    days: int,
    settings: Settings,
    context: AuditContext,
) -> TokenMade:
    """The caller holds the team, has seen to the role, and commits. Raises DeveloperDeedRefused."""
    if len(initial_tokens.of_teams(session, [team.id], context.at)) >= settings.tokens_per_team:
        raise DeveloperDeedRefused(Refusal.TOO_MANY_TOKENS, team_id=team.id)
    token_id, token = initial_tokens.make(
        session, uses=uses, days=days, now=context.at, team_id=team.id, made_by=by
    )
    event = InitialTokenMade(token_id, uses, days, person_id=by, team_id=team.id)
    audit.record(session, event, context=context)
    return TokenMade(token_id, token)


def end_token(session: Session, team: Team, token_id: str, by: str, *, context: AuditContext) -> None:
    """As above."""
    token = session.get(InitialAccessToken, token_id)
    if token is None or token.team_id != team.id or not initial_tokens.end(session, token_id):
        raise DeveloperDeedRefused(Refusal.NOT_FOUND, team_id=team.id)
    event = InitialTokenEnded(token_id, person_id=by, team_id=team.id)
    audit.record(session, event, context=context)


def end_those_of(session: Session, team: Team, person_id: str, by: str, *, context: AuditContext) -> None:
    """What programs hold on the word of a member who is taken out of the team ends for good, also where they
    come back: tokens for registering, and those by which an app changes its own registration. The caller
    holds the team, and commits."""
    for token_id in initial_tokens.end_those_of(session, team.id, person_id):
        event = InitialTokenEnded(token_id, person_id=by, team_id=team.id)
        audit.record(session, event, context=context)
    actor = Actor(ActorKind.PERSON, by)
    for app in apps.of_team(session, team.id):
        if app.created_by == person_id and app.client_id is not None:
            changing.end_registration_token(session, app.client_id, actor=actor, context=context)
