"""Officers at a provider without pages, and what can be seen of their deeds from outside."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from idp import sessions, settings
from idp.audit.context import AuditContext
from idp.business.organisations import Organisations
from idp.business.registry import LegalRepresentative
from idp.crypto.fields import BlindIndex
from idp.mandates import roots
from idp.measures import protecting, reading
from idp.measures.kinds import Kind, Reason, SubjectKind
from idp.measures.models import Measure
from idp.measures.subjects import MeasureRefused
from idp.measures.taking import Measures, Wanted
from idp.oidc.acting.ending import end_what_rests_on
from idp.oidc.http import Response
from idp.session_clients import KIND as LOGOUT
from idp.session_proofs import Proof
from idp.staff.sessions import StaffSignIn
from idp.storage.base import new_id
from idp.storage.outbox import OutboxMessage
from tests.idp.business.registering import company
from tests.idp.oidc.conftest import NAME, NUMBER
from tests.idp.oidc.world import HALL, World

OFFICER, SECOND = "0198c2f0-0000-7000-8000-00000000000a", "0198c2f0-0000-7000-8000-00000000000b"
OFFICE = "198.51.100.7"
OFFLINE = "openid profile offline_access"
PERSON, CLIENT, ADDRESS, SESSION = (
    SubjectKind.PERSON,
    SubjectKind.CLIENT,
    SubjectKind.ADDRESS,
    SubjectKind.SESSION,
)


@dataclass
class Tokens:
    """What a portal has of one sign-in."""

    access: str
    refresh: str | None


@dataclass
class Desk:
    world: World
    rules: settings.Settings = field(default_factory=lambda: settings.load({"IDP_SANDBOX": "true"}))
    two_officers: tuple[str, ...] = ()
    keys: bytes = b""
    """Of the blind index."""

    @property
    def measures(self) -> Measures:
        provider = self.world.provider

        def forget() -> None:
            provider.blocks.forget()
            provider.clients.forget(HALL)

        return Measures(
            sessions=provider.sessions,
            store=provider.store,
            clock=self.world.clock,
            cipher=provider.cipher,
            rules=self.rules.measures.model_copy(update={"two_officers": self.two_officers}),
            staff=self.rules.staff,
            protected=protecting.never_blocked(self.rules),
            changed=forget,
        )

    def context(self, by: str = OFFICER, address: str = OFFICE) -> AuditContext:
        return AuditContext(self.world.clock(), actor=by, address=address, caller=address)

    def wanted(self, kind: Kind, subject_kind: SubjectKind, subject: str, **more: Any) -> Wanted:
        made = Wanted(new_id(self.world.clock()), kind, subject_kind, subject, Reason.ATTACK)
        return replace(made, **more)

    def take(self, kind: Kind, subject_kind: SubjectKind, subject: str, **more: Any) -> str:
        wanted = self.wanted(kind, subject_kind, subject, **more)
        return self.measures.take(wanted, by=OFFICER, context=self.context())

    def refusal(self, kind: Kind, subject_kind: SubjectKind, subject: str, **more: Any) -> str:
        try:
            self.take(kind, subject_kind, subject, **more)
        except MeasureRefused as refused:
            return refused.reason
        return "taken"

    def block(self, network: str, hours: float = 1) -> str:
        return self.take(Kind.BLOCK, SubjectKind.ADDRESS, network, lasts=timedelta(hours=hours))

    def undo(self, measure_id: str) -> None:
        self.measures.undo(measure_id, Reason.SETTLED, by=OFFICER, context=self.context())

    def row(self, measure_id: str) -> Measure:
        with self.world.provider.sessions() as session:
            return session.scalars(select(Measure).where(Measure.id == measure_id)).one()

    def officer(self, staff_id: str = SECOND, *roles: str, days: int = 30) -> StaffSignIn:
        now: datetime = self.world.clock()
        enrolled = now - timedelta(days=days)
        held = frozenset(roles or ("security",))
        return StaffSignIn("sid", staff_id, "s-2", held, "", "", ("pwd",), now, now, enrolled)

    # The person and the portals

    def sign_in_from(self, address: str | None) -> str:
        """A session of another browser, opened from there; its own id."""
        now = self.world.clock()
        with self.world.provider.sessions.begin() as session:
            opened, _secret = sessions.open(
                session,
                self.world.person_id,
                Proof("password", 2, now, ("pwd",)),
                now=now,
                settings=self.world.provider.protocol,
                address=address,
            )
            return opened.sid

    def tokens(self, client_id: str = HALL, scope: str = "openid profile") -> Tokens:
        said = json.loads(self.world.token(self.world.code(client_id, scope=scope), client_id).body)
        return Tokens(said["access_token"], said.get("refresh_token"))

    def refresh(self, token: str) -> Response:
        return self.world.token(
            "",
            HALL,
            grant_type="refresh_token",
            refresh_token=token,
            code=None,
            code_verifier=None,
            redirect_uri=None,
        )

    def is_signed_in(self) -> bool:
        world = self.world
        secret = world.cookies.get(sessions.COOKIE, "")
        return sessions.sign_in(world.provider.reads, secret, world.clock()) is not None

    def opens(self, token: str) -> bool:
        """At userinfo and at introspection, which must agree."""
        from tests.idp.oidc.world import SECRETS, basic

        at_userinfo = self.world.userinfo(token).status == 200
        asked = self.world.post(
            "/oauth2/introspect", {"token": token}, authorization=basic(HALL, SECRETS[HALL])
        )
        if asked.status == 200:
            assert json.loads(asked.body)["active"] == at_userinfo
        return at_userinfo

    def legal_representative(self) -> tuple[str, str]:
        """The person's mandate for an organisation that the register names them of; both ids."""
        provider, now = self.world.provider, self.world.clock()
        keys = self.keys
        organisations = Organisations(
            provider.cipher,
            BlindIndex(keys),
            recheck=timedelta(days=1),
            trusted=timedelta(days=1),
            changed=lambda *_changed: None,
        )
        context = AuditContext(now)
        with provider.sessions.begin() as session:
            answer = company(representative=LegalRepresentative(NAME, NUMBER))
            kept = organisations.keep(session, answer, asked_at=now, context=context)
            (root,) = roots.represents(session, self.world.person_id, context=context, ends=end_what_rests_on)
            return root.id, kept.organisation.id


def waiting(desk: Desk) -> int:
    with desk.world.provider.sessions() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.kind == LOGOUT)) or 0


def deliveries(desk: Desk, measure_id: str) -> list[tuple[str, int, int, int]]:
    """Of each client: made, waiting, failed."""
    with desk.world.provider.sessions() as session:
        found = reading.deliveries(session, measure_id)
    return [(one.client_id, one.made, one.waiting, one.failed) for one in found]
