"""Any order of asking, agreeing, refusing, reporting, polling and waiting, by a client that polls and one to
which is pushed: each request gives tokens once at most, and only after its person agreed in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from idp.audit.context import AuditContext
from idp.crypto.digests import digest
from idp.crypto.master_key import MasterKeys
from idp.oidc.backchannel import refusing
from idp.oidc.decoupled import waiting
from idp.settings import Settings
from tests.idp.oidc.backchannel.desk import Desk, body_of
from tests.idp.oidc.copied_world import copied_world
from tests.idp.oidc.world import HALL, TAX

SECONDS = 300
OPEN, AGREED, REFUSED = "open", "agreed", "refused"


@dataclass(eq=False)
class Asked:
    client_id: str
    handle: str
    expires_at: datetime
    state: str = OPEN
    fetched: int = 0
    is_shown: bool = False


def machine_of(
    path: Path, person_id: str, configuration: Settings, keys: MasterKeys
) -> type[RuleBasedStateMachine]:
    class Machine(RuleBasedStateMachine):
        requests = Bundle("requests")

        def __init__(self) -> None:
            super().__init__()
            self.folder = TemporaryDirectory()
            self.world = copied_world(path, Path(self.folder.name), person_id, configuration, keys)
            polls, pushed = Desk(self.world), Desk(self.world, TAX, mode="push")
            self.desks = {HALL: polls, TAX: pushed}
            self.subs = {client_id: desk.sub() for client_id, desk in self.desks.items()}
            self.all: list[Asked] = []

        def teardown(self) -> None:
            self.world.provider.audit.close()
            self.world.engine.dispose()
            self.folder.cleanup()

        @rule(target=requests, client_id=st.sampled_from((HALL, TAX)))
        def ask(self, client_id: str) -> Asked:
            self.world.sign_in(level=3, method="face")
            desk = self.desks[client_id]
            handle = desk.asked(self.subs[client_id])
            ends = self.world.clock() + timedelta(seconds=SECONDS)
            made = Asked(client_id, handle, ends)
            made.is_shown = digest(handle) in {one.id for one in desk.waiting()}
            self.all.append(made)
            return made

        @rule(asked=requests)
        def agree(self, asked: Asked) -> None:
            desk = self.desks[asked.client_id]
            found = next((one for one in desk.waiting() if one.id == digest(asked.handle)), None)
            assert (found is not None) == (asked.is_shown and self.is_open(asked))
            if found is not None and found.seconds_left(self.world.clock()):
                desk.approve(found)
                asked.state = AGREED

        @rule(asked=requests, reported=st.booleans())
        def refuse(self, asked: Asked, reported: bool) -> None:
            provider, now = self.world.provider, self.world.clock()
            found = waiting.find(provider.store, digest(asked.handle))
            client = provider.clients.find(asked.client_id)
            if found is None or client is None:
                return
            say = refusing.report if reported else refusing.refuse
            was_open = self.is_open(asked)
            assert say(provider, client, person_id, found, AuditContext(now)) == was_open
            if was_open:
                asked.state = REFUSED

        @rule(asked=requests)
        def poll(self, asked: Asked) -> None:
            said = body_of(self.desks[asked.client_id].poll(asked.handle))
            if asked.client_id == TAX:
                assert said["error"] == "unauthorized_client"
            elif "access_token" in said:
                asked.fetched += 1
                assert self.world.userinfo(said["access_token"]).status == 200
            elif asked.state == REFUSED and said["error"] != "invalid_grant":
                assert said["error"] == "access_denied"

        @rule(seconds=st.sampled_from((1, 5, 60, 299, 301)))
        def wait(self, seconds: int) -> None:
            self.world.clock.advance(seconds)

        @rule()
        def drain(self) -> None:
            desk = self.desks[TAX]
            before = len(desk.posts)
            desk.drain()
            for _, body, _ in desk.posts[before:]:
                asked = next(one for one in self.all if one.handle == body["auth_req_id"])
                if "access_token" in body:
                    asked.fetched += 1
                else:
                    told = {REFUSED: "access_denied", OPEN: "expired_token"}[asked.state]
                    assert body["error"] == told

        @invariant()
        def nothing_is_given_twice_or_unasked(self) -> None:
            for asked in self.all:
                assert asked.fetched <= (asked.state == AGREED)

        def is_open(self, asked: Asked) -> bool:
            return asked.state == OPEN and self.world.clock() < asked.expires_at

    return Machine


def test_no_order_of_events_gives_tokens_twice_or_to_whom_nobody_agreed(
    prepared: tuple[Path, str], configuration: Settings, master_keys: MasterKeys
) -> None:
    run_state_machine_as_test(
        machine_of(*prepared, configuration, master_keys),
        settings=settings(
            max_examples=15,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
