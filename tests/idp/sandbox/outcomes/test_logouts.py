"""Logout tokens that a correct app refuses, as the worker sends them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from idp.oidc.clients.models import ClientRecord
from idp.oidc.logout.back_channel import EVENT, LogoutNotices
from idp.oidc.notice_sending import ClientAway
from idp.outbound import Answer, OutboundFailed
from idp.sandbox.outcomes.catalogue import CATALOGUE, Place
from idp.sandbox.outcomes.logouts import CLAIMS, REPLAYED_LATER, SIGNATURES, SUB_ALONE, PlayedLogouts
from idp.sandbox.outcomes.sent_before import LOGOUT_SECONDS, SentBefore
from idp.session_clients import Notice
from idp.storage.outbox import Delivery, Undeliverable
from tests.idp.oidc.world import HALL
from tests.idp.sandbox.outcomes.stage import Stage, claims, segment

TOLD = "https://hall.example/told"


@dataclass
class App:
    """Where logout tokens arrive."""

    answers: Callable[[], int] = lambda: 400
    got: list[str] = field(default_factory=list)

    def post(self, uri: str, body: bytes, _headers: dict[str, str]) -> Answer:
        assert uri == TOLD
        self.got.append(parse_qs(body.decode())["logout_token"][0])
        return Answer(self.answers(), {}, b"")


@dataclass
class Worker:
    app: App
    stage: Stage
    played: PlayedLogouts

    def tell(self) -> str:
        """The last token that arrived, of a session that ended."""
        notice = Notice(HALL, "the-session", self.stage.world.person_id)
        delivery = Delivery(id="one", kind="logout", payload=notice.written(), attempt=1)
        try:
            self.played(delivery)
        except (Undeliverable, ClientAway) as refused:
            del refused
        return self.app.got[-1]


@pytest.fixture
def worker(stage: Stage) -> Worker:
    provider, app = stage.world.provider, App()
    with provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "backchannel_logout_uri": TOLD}
    honest = LogoutNotices(
        issuer=provider.issuer,
        clock=provider.clock,
        find_client=provider.clients.find,
        client_keys=provider.client_keys,
        keys=provider.keys.current,
        pairwise_key=provider.pairwise_key,
        post=app.post,
        append=provider.audit.append,
    )
    return Worker(app, stage, PlayedLogouts(honest, stage.scripts, SentBefore(stage.world.provider.store)))


def verified(stage: Stage, token: str) -> dict[str, object]:
    keys = KeySet.import_key_set(json.loads(stage.world.provider.keys.current().jwks))
    return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)


def test_every_one_of_the_catalogue_is_made() -> None:
    named = {one.name for one in CATALOGUE if one.place is Place.LOGOUT}
    assert named == CLAIMS.keys() | SIGNATURES.keys()


def test_without_a_script_the_token_is_right(worker: Worker, stage: Stage) -> None:
    said = verified(stage, worker.tell())
    assert (said["iss"], said["aud"], said["events"]) == ("https://id.example", HALL, {EVENT: {}})
    stage.choose("level_unmet")
    assert verified(stage, worker.tell())["aud"] == HALL


@pytest.mark.parametrize("outcome", sorted(CLAIMS.keys() - {REPLAYED_LATER}))
def test_claims_are_wrong_and_the_signature_is_right(worker: Worker, stage: Stage, outcome: str) -> None:
    right = verified(stage, worker.tell())
    stage.choose(outcome)
    wrong = verified(stage, worker.tell())
    differs = {name for name in right.keys() | wrong.keys() if right.get(name) != wrong.get(name)}
    expected = {
        "logout_expired": {"iat", "exp"},
        "logout_replayed_jti": set[str](),
        "logout_sub_alone": {"sid"},
    }
    name = outcome.removeprefix("logout_").split("_", 1)[-1]
    assert differs == expected.get(outcome, {name}) | {"jti"}


@pytest.mark.parametrize("outcome", sorted(SIGNATURES))
def test_signatures_are_wrong(worker: Worker, stage: Stage, outcome: str) -> None:
    stage.choose(outcome)
    token = worker.tell()
    assert claims(token)["aud"] == HALL
    assert segment(token, 0)["typ"] == "logout+jwt"
    with pytest.raises(JoseError):
        verified(stage, token)


@pytest.mark.parametrize(("status", "fault"), [(400, False), (200, True), (204, True), (500, False)])
def test_what_the_app_answered_is_seen(worker: Worker, stage: Stage, status: int, fault: bool) -> None:
    worker.app.answers = lambda: status
    stage.choose("logout_wrong_aud")
    worker.tell()
    (seen,) = stage.state()["logouts"]
    assert (seen["outcome"], seen["status"], seen["fault_seen"]) == ("logout_wrong_aud", status, fault)


@pytest.mark.parametrize(("second", "fault"), [(200, False), (400, False), (500, True)])
def test_the_same_token_comes_twice(worker: Worker, stage: Stage, second: int, fault: bool) -> None:
    answers = iter([200, second])
    worker.app.answers = lambda: next(answers)
    stage.choose("logout_replayed_jti")
    worker.tell()
    assert len(worker.app.got) == 2
    assert worker.app.got[0] == worker.app.got[1]
    (seen,) = stage.state()["logouts"]
    assert (seen["status"], seen["fault_seen"]) == (second, fault)


@pytest.mark.parametrize("first", ["honest", SUB_ALONE])
def test_the_token_of_the_last_time_comes_instead_of_this_one(
    worker: Worker, stage: Stage, first: str
) -> None:
    answers = iter([200, 400])
    worker.app.answers = lambda: next(answers)
    if first == SUB_ALONE:
        stage.choose(SUB_ALONE)
    before = worker.tell()
    assert ("sid" in claims(before)) == (first == "honest")
    stage.choose(REPLAYED_LATER)
    assert worker.tell() == before
    (seen,) = stage.state()["logouts"]
    assert (seen["outcome"], seen["status"], seen["fault_seen"]) == (REPLAYED_LATER, 400, False)


def test_what_the_app_did_not_take_is_not_played_again(worker: Worker, stage: Stage) -> None:
    """Nor what has expired: it would be refused for another reason. Then the right one comes."""
    before = worker.tell()
    stage.choose(REPLAYED_LATER)
    worker.app.answers = lambda: 200
    again = worker.tell()
    assert claims(again)["jti"] != claims(before)["jti"]
    assert stage.state()["logouts"] == []
    stage.world.clock.advance(LOGOUT_SECONDS)
    assert claims(worker.tell())["jti"] != claims(again)["jti"]


@pytest.mark.parametrize(("status", "fault"), [(200, False), (204, False), (400, True)])
def test_a_right_token_without_a_session_is_to_be_taken(
    worker: Worker, stage: Stage, status: int, fault: bool
) -> None:
    worker.app.answers = lambda: status
    stage.choose(SUB_ALONE)
    said = verified(stage, worker.tell())
    assert "sid" not in said
    assert said["sub"]
    (seen,) = stage.state()["logouts"]
    assert seen["fault_seen"] is fault


def test_an_app_that_does_not_answer_is_noted(worker: Worker, stage: Stage) -> None:
    def away() -> int:
        raise OutboundFailed("away")

    worker.app.answers = away
    stage.choose("logout_alg_none")
    worker.tell()
    assert [seen["status"] for seen in stage.state()["logouts"]] == [None]


def test_tokens_stay_wrong_while_the_script_is_there(worker: Worker, stage: Stage) -> None:
    stage.world.sign_in()
    stage.choose("logout_wrong_iss", sign_ins=1)
    stage.back()
    assert verified(stage, worker.tell())["iss"] != "https://id.example"
    stage.scripts.end(HALL)
    assert verified(stage, worker.tell())["iss"] == "https://id.example"
