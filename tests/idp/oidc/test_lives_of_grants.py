"""Any order of sign-ins, refreshes, replays, revocations, withdrawals, freezes and sign-outs, by two clients;
as oneself, and for others by mandates that end, or are worth nothing for a time.

A model says what each token should open; our endpoints are asked after every step. None of them ever
takes a token whose grant has ended, and none refuses one whose grant stands.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from idp import sessions
from idp.audit import AuditContext
from idp.business.organisation_kinds import OrganisationStatus
from idp.crypto.master_key import MasterKeys
from idp.mandates.ending import Reason
from idp.oidc import sharing
from idp.oidc.clients.models import ClientRecord
from idp.people.models import Person, PersonStatus
from idp.session_clients import MYSELF
from idp.settings import Settings
from tests.idp.oidc.acting.hats import EVERYBODY, OTHER_CODE, hats_of
from tests.idp.oidc.copied_world import copied_world
from tests.idp.oidc.world import HALL, SECRETS, SPA, basic, fields_of, path_of

CLIENTS = st.sampled_from((HALL, SPA))
HATS = st.sampled_from((None, "organisation", "principal"))
GRACE, DAY, IDLE = timedelta(seconds=60), timedelta(days=1), timedelta(days=30)
OFFLINE = "openid profile offline_access"


@dataclass(eq=False)
class Grant:
    """`refresh_tokens`: by generation; the last is the one in use."""

    client_id: str
    code: str
    sid: str | None
    """None with offline access."""
    access_tokens: list[tuple[str, datetime]] = field(default_factory=list)
    """With the time at which each ends."""
    refresh_tokens: list[str] = field(default_factory=list)
    rotated_at: datetime | None = None
    used_at: datetime | None = None
    expires_at: datetime | None = None
    is_ended: bool = False
    hat: str | None = None
    """Of whom it is in whose name; None: of the person themselves."""

    @property
    def is_public(self) -> bool:
        return self.client_id == SPA


def machine_of(
    path: Path, person_id: str, configuration: Settings, keys: MasterKeys
) -> type[RuleBasedStateMachine]:
    class Machine(RuleBasedStateMachine):
        grants = Bundle("grants")

        def __init__(self) -> None:
            super().__init__()
            self.folder = TemporaryDirectory()
            self.world = copied_world(path, Path(self.folder.name), person_id, configuration, keys)
            with self.world.provider.sessions.begin() as session:
                record = session.get_one(ClientRecord, SPA)
                grant_types = {"grant_types": ["authorization_code", "refresh_token"]}
                record.metadata_json = {**record.metadata_json, "scope": OFFLINE, **grant_types}
                for client_id in (HALL, SPA):
                    record = session.get_one(ClientRecord, client_id)
                    record.metadata_json = {**record.metadata_json, "accepted_parties": EVERYBODY}
            self.hats = hats_of(self.world, keys)
            self.mandates = {"organisation": self.hats.agent(), "principal": self.hats.relative()[0]}
            self.is_suspended = False
            self.sid: str | None = None
            self.is_frozen = False
            self.known: list[Grant] = []

        def teardown(self) -> None:
            self.world.provider.audit.close()
            self.world.engine.dispose()
            self.folder.cleanup()

        @property
        def now(self) -> datetime:
            return self.world.clock()

        def post(self, path: str, client_id: str, values: dict[str, str]) -> tuple[int, dict[str, Any]]:
            if client_id in SECRETS:
                proof = basic(client_id, SECRETS[client_id])
                answer = self.world.post(path, values, authorization=proof)
            else:
                answer = self.world.post(path, {**values, "client_id": client_id})
            return answer.status, json.loads(answer.body or b"{}")

        @rule(target=grants, client_id=CLIENTS, is_offline=st.booleans(), hat=HATS)
        def begin(self, client_id: str, is_offline: bool, hat: str | None) -> Grant:
            """A sign-in, and the code redeemed at once. A mandate that has ended is given anew."""
            if self.is_frozen:
                self.thaw()
            if hat == "organisation" and self.is_suspended:
                self.reopen()
            if hat is not None and hat not in self.mandates:
                self.mandates[hat] = self.hats.agent() if hat == "organisation" else self.hats.relative()[0]
            self.sid = self.world.sign_in()
            scope = OFFLINE if is_offline else "openid profile"
            response = self.world.authorize(client_id, scope=scope)
            if path_of(response) == "/choose":
                response = self.hats.choose(response, MYSELF if hat is None else self.mandates[hat])
            if path_of(response) == "/consent":
                response = self.world.agree(response)
            code = fields_of(response)["code"]
            grant = Grant(client_id, code, None if is_offline else self.sid, hat=hat)
            answer = self.world.token(code, client_id)
            assert answer.status == 200, answer.body
            tokens = json.loads(answer.body)
            assert ("refresh_token" in tokens) == is_offline
            self.keep(grant, tokens)
            if is_offline:
                grant.refresh_tokens = [tokens["refresh_token"]]
                grant.used_at, grant.expires_at = self.now, self.now + IDLE
            self.known.append(grant)
            return grant

        def keep(self, grant: Grant, tokens: dict[str, Any]) -> None:
            # `exp` is in whole seconds.
            ends = self.now.replace(microsecond=0) + timedelta(seconds=tokens["expires_in"])
            grant.access_tokens.append((tokens["access_token"], ends))

        @rule(grant=grants, back=st.integers(0, 2))
        def refresh(self, grant: Grant, back: int) -> None:
            if not grant.refresh_tokens or grant.expires_at is None or grant.used_at is None:
                return
            back = min(back, len(grant.refresh_tokens) - 1)
            text = grant.refresh_tokens[-1 - back]
            form = {"grant_type": "refresh_token", "refresh_token": text}
            status, tokens = self.post("/oauth2/token", grant.client_id, form)
            stands = self.may_stand(grant) and self.now < grant.expires_at
            in_grace = grant.rotated_at is not None and self.now - grant.rotated_at <= GRACE
            good = stands and (back == 0 or (back == 1 and in_grace))
            assert (status == 200) == good, (status, tokens)
            if stands and not good:
                grant.is_ended = True  # taken for a stolen one
            if not good:
                return
            self.keep(grant, tokens)
            if grant.is_public and back == 0:
                assert tokens["refresh_token"] not in grant.refresh_tokens
                grant.refresh_tokens.append(tokens["refresh_token"])
                grant.rotated_at = grant.used_at = self.now
                grant.expires_at = self.now + IDLE
            else:
                assert tokens["refresh_token"] == grant.refresh_tokens[-1]
            if not grant.is_public and self.now - grant.used_at >= DAY:
                grant.used_at, grant.expires_at = self.now, self.now + IDLE

        @rule(grant=grants)
        def replay_the_code(self, grant: Grant) -> None:
            assert self.world.token(grant.code, grant.client_id).status == 400
            grant.is_ended = True

        @rule(grant=grants, of=st.sampled_from(("access", "refresh")))
        def revoke(self, grant: Grant, of: str) -> None:
            text = grant.access_tokens[-1][0] if of == "access" or not grant.refresh_tokens else ""
            text = text or grant.refresh_tokens[-1]
            means_something = self.opens(grant, text)
            status, _ = self.post("/oauth2/revoke", grant.client_id, {"token": text})
            assert status == 200
            grant.is_ended = grant.is_ended or means_something

        def opens(self, grant: Grant, text: str) -> bool:
            """Whether a token still names a grant that stands, to whoever revokes it."""
            if text in grant.refresh_tokens:
                return self.may_stand(grant) and self.now < (grant.expires_at or self.now)
            ends = next(ends for token, ends in grant.access_tokens if token == text)
            return not grant.is_ended and self.now < ends

        @rule()
        def sign_out(self) -> None:
            if self.sid is not None:
                with self.world.provider.sessions.begin() as session:
                    sessions.end(session, self.sid, self.now)
            for grant in self.known:
                if grant.sid is not None and grant.sid == self.sid:
                    grant.is_ended = True
            self.sid = None
            self.world.cookies = {}

        @rule(client_id=CLIENTS)
        def withdraw(self, client_id: str) -> None:
            with self.world.provider.sessions.begin() as session:
                sharing.withdraw(session, person_id, client_id, context=AuditContext(self.now))
            for grant in self.known:
                if grant.client_id == client_id:
                    grant.is_ended = True

        def may_stand(self, grant: Grant) -> bool:
            """As far as it is no question of time."""
            worthless = self.is_suspended and grant.hat == "organisation"
            return not grant.is_ended and not self.is_frozen and not worthless

        @rule(hat=st.sampled_from(("organisation", "principal")))
        def end_the_mandate(self, hat: str) -> None:
            mandate_id = self.mandates.pop(hat, None)
            if mandate_id is not None:
                self.hats.mandates.end(mandate_id, None, Reason.OPERATOR)
            for grant in self.known:
                if grant.hat == hat:
                    grant.is_ended = True

        @rule()
        def suspend(self) -> None:
            """The register says that the organisation is closed for a time: nothing opens anything then. The
            mandate stays, and what is left of ten minutes; grants that would have outlived them do not."""
            self.says(OrganisationStatus.SUSPENDED)
            for grant in self.known:
                if grant.hat == "organisation" and grant.refresh_tokens:
                    grant.expires_at = self.now

        @rule()
        def reopen(self) -> None:
            self.says(OrganisationStatus.ACTIVE)

        def says(self, status: OrganisationStatus) -> None:
            self.is_suspended = status is OrganisationStatus.SUSPENDED
            self.hats.mandates.firm(self.hats.serial, OTHER_CODE, status=status)

        @rule()
        def freeze(self) -> None:
            self.turn(PersonStatus.FROZEN)

        @rule()
        def thaw(self) -> None:
            self.turn(PersonStatus.ACTIVE)

        def turn(self, status: PersonStatus) -> None:
            self.is_frozen = status is PersonStatus.FROZEN
            with self.world.provider.sessions.begin() as session:
                session.get_one(Person, person_id).status = status

        @rule(seconds=st.sampled_from((1, 59, 61, 599, 3599, 86_400, 86_400 * 16)))
        def wait(self, seconds: int) -> None:
            self.world.clock.advance(seconds)
            # The worker has asked the register again meanwhile.
            self.says(OrganisationStatus.SUSPENDED if self.is_suspended else OrganisationStatus.ACTIVE)

        def latest(self) -> Iterator[tuple[Grant, str, bool]]:
            """The newest access token of each grant, and whether it should open anything."""
            for grant in self.known[-4:]:
                text, ends = grant.access_tokens[-1]
                lives = self.may_stand(grant) and self.now < ends
                if lives and grant.sid is not None:
                    with self.world.provider.sessions() as session:
                        found = session.get(sessions.BrowserSession, grant.sid)
                        lives = found is not None and found.expires_at > self.now
                yield grant, text, lives

        @invariant()
        def tokens_open_what_their_grants_allow(self) -> None:
            for grant, text, lives in self.latest():
                assert (self.world.userinfo(text).status == 200) == lives
                if not grant.is_public:
                    _, told = self.post("/oauth2/introspect", grant.client_id, {"token": text})
                    assert told["active"] == lives

    return Machine


def test_no_order_of_events_lets_a_grant_outlive_its_end(
    prepared: tuple[Path, str], configuration: Settings, master_keys: MasterKeys
) -> None:
    run_state_machine_as_test(
        machine_of(*prepared, configuration, master_keys),
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
