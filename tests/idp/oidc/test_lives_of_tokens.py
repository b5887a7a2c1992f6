"""Any order of sign-ins, codes, exchanges, replays and sign-outs: no token outlives its grant."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from idp import sessions
from idp.audit import AuditContext
from idp.crypto.master_key import MasterKeys
from idp.oidc import sharing
from idp.settings import Settings
from tests.idp.oidc.copied_world import copied_world
from tests.idp.oidc.token.exchange.exchanging import ARCHIVE, AT_ARCHIVE, AT_DESK, DESK, Exchange, opened
from tests.idp.oidc.world import HALL, SPA, World, fields_of, path_of

SHED, AT_SHED = "shed", "urn:example:shed"
RULES = [
    {"subject_client": HALL, "resources": [AT_ARCHIVE], "scope": "openid"},
    {"subject_client": SPA, "resources": [AT_SHED], "scope": "openid"},
]
NEXT = {HALL: (ARCHIVE, AT_ARCHIVE), SPA: (SHED, AT_SHED)}
"""Client -> whom the desk may call for its people: another server of the same site."""
CLIENTS = st.sampled_from((HALL, SPA))
BROWSERS = st.integers(0, 1)


@dataclass(eq=False)
class Issued:
    """A code or a token, and what the model knows of it."""

    text: str
    client_id: str
    sid: str
    at: float
    code: "Issued | None" = None
    opened_by: str | None = None
    """The server that may ask after it; None: it is for userinfo."""
    is_spent: bool = False
    is_ended: bool = False


def machine_of(
    path: Path, prepared: World, configuration: Settings, keys: MasterKeys
) -> type[RuleBasedStateMachine]:
    person_id = prepared.person_id

    class Machine(RuleBasedStateMachine):
        codes = Bundle("codes")

        def __init__(self) -> None:
            super().__init__()
            self.folder = TemporaryDirectory()
            self.world = copied_world(path, Path(self.folder.name), person_id, configuration, keys)
            # RSA keys take long to open, and are the same in each copy.
            self.world.provider = replace(self.world.provider, keys=prepared.provider.keys)
            self.world.__post_init__()
            self.desk = Exchange(self.world)
            self.jars: list[dict[str, str]] = [{}, {}]
            self.sids: list[str | None] = [None, None]
            self.issued: list[Issued] = []

        def teardown(self) -> None:
            self.world.provider.audit.close()
            self.world.engine.dispose()
            self.folder.cleanup()

        @property
        def now(self) -> float:
            return self.world.clock().timestamp()

        def end(self, *, sid: str | None = None, client_id: str | None = None) -> None:
            for one in self.issued:
                if sid == one.sid or client_id == one.client_id:
                    one.is_ended = True

        @rule(browser=BROWSERS)
        def sign_in(self, browser: int) -> None:
            self.world.cookies = self.jars[browser]
            self.sids[browser] = self.world.sign_in()

        @rule(target=codes, browser=BROWSERS, client_id=CLIENTS, for_the_desk=st.booleans())
        def authorize(self, browser: int, client_id: str, for_the_desk: bool) -> object:
            if self.sids[browser] is None:
                self.sign_in(browser)
            self.world.cookies = self.jars[browser]
            response = self.world.authorize(client_id, resource=AT_DESK if for_the_desk else None)
            if path_of(response) == "/login":
                return multiple()
            if path_of(response) == "/consent":
                response = self.world.agree(response)
            sid = self.sids[browser]
            assert sid is not None
            code = Issued(fields_of(response)["code"], client_id, sid, self.now)
            code.opened_by = DESK if for_the_desk else None
            self.issued.append(code)
            return code

        @rule(code=codes, client_id=CLIENTS)
        def redeem_anywhere(self, code: Issued, client_id: str) -> None:
            self.redeem(code, client_id)

        @rule(code=codes)
        def redeem_rightly(self, code: Issued) -> None:
            self.redeem(code, code.client_id)

        def redeem(self, code: Issued, client_id: str) -> None:
            response = self.world.token(code.text, client_id)
            was_spent, code.is_spent = code.is_spent, True
            in_time = self.now - code.at < 60 and self.session_stands(code)
            good = not was_spent and client_id == code.client_id and in_time
            assert (response.status == 200) == good
            if good:
                text = json.loads(response.body)["access_token"]
                self.issued.append(replace(code, text=text, at=self.now, code=code))
                return
            for one in self.issued:
                if one is code or one.code is code:
                    one.is_ended = True  # replayed, or spent by the wrong hands

        @invariant()
        def tokens_open_as_long_as_they_should(self) -> None:
            for one in self.issued[-5:]:
                if one.code is not None:
                    self.use(one)

        @rule(target=codes, browser=BROWSERS, client_id=CLIENTS)
        def call_the_desk_and_beyond(self, browser: int, client_id: str) -> object:
            code = self.authorize(browser, client_id, for_the_desk=True)
            if isinstance(code, Issued):
                self.redeem(code, client_id)
                self.exchange(-1)
            return code

        @property
        def at_the_desk(self) -> list[Issued]:
            return [one for one in self.issued if one.code is not None and one.opened_by == DESK]

        @precondition(lambda self: self.at_the_desk)
        @rule(number=st.integers(0, 3))
        def exchange(self, number: int) -> None:
            """What was exchanged rests on what it was got for, and is like it in all but who may use it."""
            token = self.at_the_desk[number % len(self.at_the_desk)]
            server, resource = NEXT[token.client_id]
            answer = self.desk.ask(token.text, resource=resource)
            assert (answer.status == 200) == self.lives(token), answer.body
            if answer.status == 200:
                text = json.loads(answer.body)["access_token"]
                self.issued.append(replace(token, text=text, opened_by=server))

        def session_stands(self, one: Issued) -> bool:
            with self.world.provider.sessions() as session:
                found = session.get(sessions.BrowserSession, one.sid)
                return found is not None and found.expires_at.timestamp() > self.now

        def lives(self, token: Issued) -> bool:
            stands = self.session_stands(token)
            return stands and not token.is_ended and self.now < int(token.at) + 600

        def use(self, token: Issued) -> None:
            if token.opened_by is None:
                assert (self.world.userinfo(token.text).status == 200) == self.lives(token)
            else:
                assert self.desk.said(token.text, token.opened_by)["active"] == self.lives(token)

        @rule(browser=BROWSERS)
        def sign_out(self, browser: int) -> None:
            sid, self.sids[browser], self.jars[browser] = self.sids[browser], None, {}
            if sid is not None:
                with self.world.provider.sessions.begin() as session:
                    sessions.end(session, sid, self.world.clock())
                self.end(sid=sid)

        @rule(client_id=CLIENTS)
        def withdraw(self, client_id: str) -> None:
            context = AuditContext(self.world.clock())
            with self.world.provider.sessions.begin() as session:
                sharing.withdraw(session, person_id, client_id, context=context)
            self.end(client_id=client_id)

        @rule(seconds=st.sampled_from((1, 30, 61, 300, 700)))
        def wait(self, seconds: int) -> None:
            self.world.clock.advance(seconds)

    return Machine


def test_no_order_of_events_lets_a_token_outlive_its_grant(
    prepared: tuple[Path, str], configuration: Settings, master_keys: MasterKeys, tmp_path: Path
) -> None:
    world = copied_world(prepared[0], tmp_path, prepared[1], configuration, master_keys)
    desk = opened(world)
    desk.add(SHED, AT_SHED, sector="spa.example", grant_types=[])
    desk.register(DESK, token_exchange=RULES)
    world.provider.keys.current()
    world.provider.audit.close()
    world.engine.dispose()
    run_state_machine_as_test(
        machine_of(tmp_path / "idp.db", world, configuration, master_keys),
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
