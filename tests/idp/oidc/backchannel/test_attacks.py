"""Attacks by the back channel, each by its name."""

import json

from sqlalchemy import delete

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.oidc import sharing
from idp.oidc.authorize.endpoint import resume
from idp.oidc.backchannel import known, quotas
from idp.oidc.backchannel.known import KnownSubject
from idp.oidc.decoupled import answering
from idp.oidc.sharing import Consent
from idp.people.models import Person, PersonStatus
from idp.storage.base import new_id
from tests.contracts.advertised.moves import part_of
from tests.counting import watch_engine, watch_store
from tests.idp.oidc.backchannel.desk import Desk, body_of
from tests.idp.oidc.world import BROWSER, HALL, TAX, World, path_of


def outcomes(world: World) -> list[str]:
    return [json.loads(event.payload)["outcome"] for event in world.events("backchannel_requested")]


def test_attack_a_client_asks_again_and_again_until_somebody_agrees(world: World, desk: Desk) -> None:
    sub = desk.sub()
    handles = [desk.asked(sub) for _ in range(10)]
    assert len(desk.waiting()) == len(desk.send_texts()) == 3
    assert outcomes(world) == ["asked"] * 3 + ["limited"] * 7
    # The client cannot tell which of them anybody has seen.
    assert {desk.error(handle) for handle in handles} == {"authorization_pending"}
    world.clock.advance(3600)
    desk.asked(sub)
    assert outcomes(world)[-1] == "asked"


def test_attack_several_clients_ask_together(world: World) -> None:
    hall, tax = Desk(world), Desk(world, TAX)
    subs = hall.sub(), tax.sub()
    world.clock.advance(1)
    for _ in range(3):
        hall.asked(subs[0]), tax.asked(subs[1])
    # No more than five wait at once, whoever asks.
    assert outcomes(world) == ["asked"] * 5 + ["limited"]
    world.clock.advance(301)
    assert hall.waiting() == []
    assert quotas.verdict(world.provider, "a third", world.person_id) is quotas.Verdict.LIMITED


def test_attack_a_client_that_was_reported_uses_up_what_others_may_ask(world: World, desk: Desk) -> None:
    sub = desk.sub()
    quotas.mute(world.provider, HALL, world.person_id)
    for _ in range(10):
        desk.asked(sub)
    assert outcomes(world) == ["muted"] * 10
    other = Desk(world, TAX)
    other.asked(other.sub())
    assert len(other.waiting()) == 1


def test_attack_a_phone_is_filled_with_messages(world: World, desk: Desk) -> None:
    """What goes beyond the day's messages waits on the page alone."""
    sub = desk.sub()
    most = world.provider.backchannel.texts_per_person_per_day
    for _ in range(most // 3 + 1):
        for _ in range(3):
            desk.asked(sub)
        desk.send_texts()
        world.clock.advance(3600)
    assert outcomes(world) == ["asked"] * (most + 3)
    assert len(desk.texts) == most


def test_attack_people_are_found_by_hints(world: World, desk: Desk) -> None:
    """Nothing tells a person from nobody: neither the answer, nor the polls, nor what is written for it."""
    there = desk.ask(login_hint=desk.sub())
    nobody = desk.ask(login_hint="s" * 43)
    assert there.status == nobody.status == 200
    # What is left to the client goes down by one with each request, whoever it is about.
    assert [one for one in there.headers if one[0] != "RateLimit"] == [
        one for one in nobody.headers if one[0] != "RateLimit"
    ]
    one, other = body_of(there), body_of(nobody)
    assert {**one, "auth_req_id": ""} == {**other, "auth_req_id": ""}
    for handle in (one["auth_req_id"], other["auth_req_id"]):
        assert desk.error(handle) == "authorization_pending"
    assert len(desk.send_texts()) == 1
    world.clock.advance(300)
    for handle in (one["auth_req_id"], other["auth_req_id"]):
        assert desk.error(handle) == "expired_token"


def test_attack_numbers_and_phones_are_tried_as_hints(world: World, desk: Desk) -> None:
    answers = {
        (response.status, body_of(response)["error"])
        for response in (
            desk.ask(login_hint=hint)
            for hint in ("11010519491231002X", "110105194912310038", "+8613800138000", "+8613900000000")
        )
    }
    assert answers == {(400, "unknown_user_id")}
    with world.engine.connect() as connection:
        log = str(connection.execute(AuditEvent.__table__.select()).all())
    assert "1949123100" not in log
    assert "13800138000" not in log


def test_attack_the_sub_that_another_client_knows(world: World, desk: Desk) -> None:
    other = Desk(world, TAX)
    desk.asked(other.sub())
    assert desk.waiting() == []
    assert outcomes(world) == ["unknown"]


def test_attack_a_person_who_withdrew_is_asked_again(world: World, desk: Desk) -> None:
    sub = desk.sub()
    with world.provider.sessions.begin() as session:
        assert sharing.withdraw(session, world.person_id, HALL, context=AuditContext(world.clock()))
    desk.asked(sub)
    assert (desk.waiting(), outcomes(world)) == ([], ["unknown"])
    with world.provider.sessions.begin() as session:
        assert known.sweep(session, world.clock()) == 1
        assert known.sweep(session, world.clock()) == 0


def test_attack_a_frozen_account_is_asked(world: World, desk: Desk) -> None:
    sub = desk.sub()
    with world.provider.sessions.begin() as session:
        session.get_one(Person, world.person_id).status = PersonStatus.FROZEN
    desk.asked(sub)
    assert outcomes(world) == ["unknown"]


def test_attack_another_person_approves(world: World, desk: Desk) -> None:
    """Whoever is signed in where the request is opened: it is answered by the one whom it is for."""
    auth_req_id = desk.asked(desk.sub())
    (found,) = desk.waiting()
    mine = world.person_id
    with world.provider.sessions.begin() as session:
        world.person_id = new_id(world.clock())
        session.add(Person(id=world.person_id, level=2, name_sealed=b"", created_at=world.clock()))
    world.sign_in()
    assert desk.waiting() == []
    started = answering.begin(world.provider, found, BROWSER, world.clock())
    assert path_of(resume(world.provider, world.get("/"), started.id, BROWSER)) == "/login"
    assert desk.error(auth_req_id) == "authorization_pending"
    world.person_id = mine


def test_attack_another_clients_handle(world: World, desk: Desk) -> None:
    other = Desk(world, TAX)
    auth_req_id = desk.asked(desk.sub())
    assert other.error(auth_req_id) == "invalid_grant"
    desk.approve(desk.waiting()[0])
    assert other.error(auth_req_id) == "invalid_grant"
    assert "access_token" in body_of(desk.poll(auth_req_id))


def test_attack_a_handle_is_used_twice(world: World, desk: Desk) -> None:
    auth_req_id = desk.asked(desk.sub(), scope="openid offline_access")
    desk.approve(desk.waiting()[0])
    given = body_of(desk.poll(auth_req_id))
    assert world.userinfo(given["access_token"]).status == 200
    assert desk.error(auth_req_id) == "invalid_grant"
    # RFC 9700 section 4.5, as for a code: all that it gave has ended.
    assert world.userinfo(given["access_token"]).status == 401
    assert len(world.events("code_replayed")) == 1


def test_attack_a_handle_is_made_up(desk: Desk) -> None:
    assert desk.error("h" * 43) == "invalid_grant"


def test_a_client_that_asks_too_often_is_slowed_down(world: World, desk: Desk) -> None:
    auth_req_id = desk.asked(desk.sub())
    assert desk.error(auth_req_id) == "authorization_pending"
    assert desk.error(auth_req_id) == "slow_down"
    world.clock.advance(6)
    assert desk.error(auth_req_id) == "slow_down"


def test_a_level_that_is_asked_for_is_proved_before_the_client_gets_anything(
    world: World, desk: Desk
) -> None:
    auth_req_id = desk.asked(desk.sub(), acr_values="urn:yitong:acr:3")
    started = answering.begin(world.provider, desk.waiting()[0], BROWSER, world.clock())
    assert path_of(world.resume(started.id)) == "/login/presence"
    assert desk.error(auth_req_id) == "authorization_pending"
    world.prove(level=3, method="face")
    assert path_of(world.resume(started.id)) == answering.ANSWERED_PATH
    claims = part_of(body_of(desk.poll(auth_req_id))["id_token"], 1)
    assert claims["acr"] == "urn:yitong:acr:3"


def test_what_was_not_agreed_to_before_is_asked(world: World, desk: Desk) -> None:
    sub = desk.sub()
    desk.asked(sub, scope="openid profile resource phone")
    started = answering.begin(world.provider, desk.waiting()[0], BROWSER, world.clock())
    assert path_of(world.resume(started.id)) == "/consent"


def test_attack_a_stolen_table_joins_nobody(world: World, desk: Desk) -> None:
    sub = desk.sub()
    with world.provider.sessions.begin() as session:
        (row,) = session.query(KnownSubject).all()
        assert row.person_id == world.person_id
        assert sub not in row.sub_index
        session.execute(delete(Consent))
    assert desk.ask(login_hint=sub).status == 200
    assert desk.waiting() == []


def test_attack_the_work_tells_whether_the_person_hears_of_it(world: World, desk: Desk) -> None:
    """With each command a round trip or a durable write, one request would be enough to learn it."""
    sub = desk.sub()
    statements: list[str] = []
    commands: list[str] = []
    watch_engine(world.engine, statements)
    watch_store(world.provider.store, commands)

    def work(hint: str) -> tuple[list[str], list[str]]:
        statements.clear()
        commands.clear()
        desk.asked(hint)
        # Leases go by the client's own requests.
        told = [one for one in commands if one != "increment allowance"]
        verbs = ["write" if one.startswith(("add_once", "replace")) else one.split()[0] for one in told]
        return [one[: one.index(" ", 12)] for one in statements], verbs

    of_nobody = work("s" * 43)
    for _ in range(5):
        # Unknown, and beyond what one client may ask of one person.
        assert work("s" * 43) == of_nobody
    for _ in range(5):
        # Asked three times, and then in vain.
        assert work(sub) == of_nobody
    quotas.mute(world.provider, HALL, world.person_id)
    assert work(sub) == of_nobody
    assert outcomes(world) == ["unknown"] * 6 + ["asked"] * 3 + ["limited"] * 2 + ["muted"]


def test_attack_the_work_tells_that_enough_wait_for_the_person_already(world: World) -> None:
    hall, tax = Desk(world), Desk(world, TAX)
    subs = hall.sub(), tax.sub()
    commands: list[str] = []
    watch_store(world.provider.store, commands)
    world.clock.advance(1)
    counts = set()
    for _ in range(3):
        for one, sub in ((hall, subs[0]), (tax, subs[1])):
            commands.clear()
            one.asked(sub)
            counts.add(len(commands))
    assert outcomes(world) == ["asked"] * 5 + ["limited"]
    assert len(counts) == 1


def test_attack_a_scope_that_was_taken_back_before_the_tokens_are_fetched(world: World, desk: Desk) -> None:
    scope = "openid phone"
    sub = desk.sub()
    world.clock.advance(1)
    auth_req_id = desk.asked(sub, scope=scope)
    started = answering.begin(world.provider, desk.waiting()[0], BROWSER, world.clock())
    assert path_of(world.agree(world.resume(started.id), chosen=("phone",))) == answering.ANSWERED_PATH
    world.clock.advance(1)
    world.agree(world.authorize(scope=scope, prompt="consent"))
    assert desk.error(auth_req_id) == "invalid_grant"
