"""A registration is written in one way: versions, who and when, locking of editors, and undoing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.oidc.clients.changes import changing, history
from idp.oidc.clients.changes.changing import (
    Change,
    ChangedMeanwhile,
    ClientTaken,
    NoSuchClient,
    NoSuchVersion,
    Standing,
    Written,
)
from idp.oidc.clients.changes.history import OPERATOR, Actor, ActorKind, ClientVersion
from idp.oidc.clients.metadata import MetadataRefused
from idp.oidc.clients.models import ClientStatus
from idp.oidc.clients.resources import ResourceTaken
from idp.oidc.sharing import Consent
from idp.oidc.token.offline_grants import OfflineGrant
from idp.storage.outbox import OutboxMessage
from tests.idp.oidc.world import HALL, World

MEMBER = Actor(ActorKind.PERSON, "01a20244-e87b-7d01-9b78-cd66d50a1f65")
OTHER = Actor(ActorKind.PERSON, "01a20244-e87b-7d01-9b78-cd66d50a1f66")
LIBRARY = {
    "client_id": "library",
    "client_name": "Library",
    "client_name#zh-CN": "图书馆",
    "sector": "library.example",
    "redirect_uris": ["https://library.example/callback"],
}


def made(world: World, **more: Any) -> Written:
    with world.provider.sessions.begin() as session:
        return changing.create(session, {**LIBRARY, **more}, actor=MEMBER, **where(world))


def where(world: World) -> Any:
    context = AuditContext(at=world.clock(), actor=None)
    return {"context": context, "secrets": world.provider.authenticator.secrets}


def changed(world: World, actor: Actor = MEMBER, /, expected: int | None = None, **fields: Any) -> Written:
    """Some fields of the library's, the others as they stand; None takes one away."""
    with world.provider.sessions.begin() as session:
        asked = {**changing.standing(session, "library").fields, **fields}
        given = {name: value for name, value in asked.items() if value is not None}
        return changing.change(
            session, "library", given, actor=actor, expected_version=expected, **where(world)
        )


def standing(world: World) -> Standing:
    with Session(world.provider.reads) as session:
        return changing.standing(session, "library")


def versions(world: World) -> tuple[history.Version, ...]:
    with Session(world.provider.reads) as session:
        return history.history(session, "library")


def last_event(world: World) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(world.events("client_changed")[-1].payload)
    return found


def test_a_new_client_has_a_secret_a_first_version_and_an_event(world: World) -> None:
    written = made(world)
    assert (written.number, written.change) == (1, Change.CREATED)
    assert written.new_secret is not None
    assert written.new_secret not in repr(written)
    [first] = versions(world)
    assert (first.actor, first.at) == (MEMBER, world.clock())
    assert first.metadata["localized"]["client_name"]["zh-CN"] == "图书馆"
    [event] = world.events("client_registered")
    assert event.person_id == MEMBER.id
    with pytest.raises(ClientTaken):
        made(world)


def test_a_change_is_a_version_and_an_event_and_nothing_changed_is_nothing(world: World) -> None:
    made(world)
    written = changed(world, minimum_level=2)
    assert (written.number, written.change) == (2, Change.CHANGED)
    assert [(one.name, one.before, one.now) for one in written.differences] == [("minimum_level", None, 2)]
    assert last_event(world)["changed"] == ["minimum_level"]
    assert last_event(world)["by"] == "person"
    world.clock.advance(5)
    assert changed(world, minimum_level=2) == Written("library", 2, Change.UNCHANGED)
    assert (len(versions(world)), len(world.events("client_changed"))) == (2, 1)


def test_two_editors_at_once_the_second_is_told_and_loses_nothing(world: World) -> None:
    made(world)
    began = standing(world).number
    changed(world, MEMBER, expected=began, minimum_level=2)
    with pytest.raises(ChangedMeanwhile) as told:
        changed(world, OTHER, expected=began, contacts=["dev@library.example"])
    assert told.value.current.fields["minimum_level"] == 2
    assert [one.actor for one in told.value.versions] == [MEMBER]
    assert standing(world).number == 2
    again = changed(world, OTHER, expected=told.value.current.number, contacts=["dev@library.example"])
    assert again.number == 3
    assert standing(world).fields["minimum_level"] == 2


def test_what_is_no_change_of_the_registration_disturbs_no_editor(world: World) -> None:
    made(world)
    with world.provider.sessions.begin() as session:
        context = AuditContext(at=world.clock())
        suspended = ClientStatus.SUSPENDED
        assert changing.set_status(session, "library", suspended, actor=OPERATOR, context=context)
        assert not changing.set_status(session, "library", suspended, actor=OPERATOR, context=context)
    assert changed(world, expected=1, minimum_level=3).number == 3
    assert [one.changed for one in versions(world)][:2] == [("minimum_level",), ("status",)]


def test_what_its_team_had_stopped_the_operator_lets_go_on_in_two_steps(world: World) -> None:
    """Taking back what the operator did is not taking back what the team did."""
    made(world)
    context = AuditContext(at=world.clock())
    with world.provider.sessions.begin() as session:
        for status, found in (
            (ClientStatus.PAUSED, ClientStatus.PAUSED),
            (ClientStatus.SUSPENDED, ClientStatus.SUSPENDED),
            (ClientStatus.ACTIVE, ClientStatus.PAUSED),
            (ClientStatus.ACTIVE, ClientStatus.ACTIVE),
            (ClientStatus.SUSPENDED, ClientStatus.SUSPENDED),
            (ClientStatus.ACTIVE, ClientStatus.ACTIVE),
        ):
            assert changing.set_status(session, "library", status, actor=OPERATOR, context=context)
            assert changing.standing(session, "library").status == found


def test_undoing_is_a_new_version_that_says_what_the_old_one_said(world: World) -> None:
    made(world)
    changed(world, minimum_level=2, contacts=["dev@library.example"])
    changed(world, minimum_level=3)
    with world.provider.sessions.begin() as session:
        written = changing.undo(session, "library", 1, actor=OTHER, **where(world))
    assert (written.number, written.change) == (4, Change.CHANGED)
    newest, *older = versions(world)
    assert (newest.undone_to, newest.actor, newest.metadata) == (1, OTHER, older[-1].metadata)
    assert [one.name for one in history.difference(older[0], newest)] == ["contacts", "minimum_level"]
    with world.provider.sessions() as session, pytest.raises(NoSuchVersion):
        changing.undo(session, "library", 9, actor=OTHER, **where(world))


def test_undoing_is_bound_by_todays_rules(world: World) -> None:
    """What was right when it was registered may be refused now: then nothing is undone."""
    made(world)
    changed(world, minimum_level=2)
    with world.provider.sessions.begin() as session:
        old = session.get_one(ClientVersion, ("library", 1))
        old.metadata_json = {**old.metadata_json, "redirect_uris": ["http://library.example/callback"]}
    with (
        world.provider.sessions.begin() as session,
        pytest.raises(MetadataRefused, match="http"),
    ):
        changing.undo(session, "library", 1, actor=MEMBER, **where(world))
    assert standing(world).number == 2


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sector": "moved.example"}, "sector: never changes"),
        ({"client_id": "bookshop"}, "client_id: never changes"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "client"),
        ({"redirect_uris": ["https://library.example/*#top"]}, "client"),
        ({"invented": True}, "invented"),
    ],
)
def test_what_the_rules_refuse_writes_nothing(world: World, fields: dict[str, Any], reason: str) -> None:
    made(world)
    with pytest.raises(MetadataRefused, match=reason):
        changed(world, **fields)
    assert len(versions(world)) == 1
    with pytest.raises(NoSuchClient), world.provider.sessions() as session:
        changing.change(session, "nobody", LIBRARY, actor=MEMBER, **where(world))


def test_a_resource_of_another_client_is_not_to_be_had(world: World) -> None:
    made(world, resource_uris=["https://api.library.example"])
    with world.provider.sessions() as session:
        fields = changing.standing(session, HALL).fields
        taken = {**fields, "resource_uris": ["https://api.library.example"]}
        with pytest.raises(ResourceTaken):
            changing.change(session, HALL, taken, actor=MEMBER, **where(world))


def test_who_reads_differently_is_agreed_to_anew_unless_the_operator_looked_at_it(world: World) -> None:
    world.sign_in()
    world.token(world.code(HALL, scope="openid offline_access"), HALL)
    for actor, left in ((OPERATOR, 1), (MEMBER, 0)):
        with world.provider.sessions.begin() as session:
            fields = changing.standing(session, HALL).fields
            fields = {**fields, "client_name#zh-CN": f"大厅 {actor.kind}"}
            changing.change(session, HALL, fields, actor=actor, **where(world))
            assert session.scalar(select(func.count()).select_from(Consent)) == left
            assert session.scalar(select(func.count()).select_from(OfflineGrant)) == left


def test_logos_are_looked_at_when_their_address_changes(world: World) -> None:
    made(world, logo_uri="https://library.example/logo.png")
    changed(world, minimum_level=2)
    changed(world, logo_uri="https://library.example/new.png")
    with world.provider.sessions() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 2


def test_no_more_than_two_hundred_versions_are_kept(world: World) -> None:
    made(world)
    with world.provider.sessions.begin() as session:
        for number in range(2, 206):
            history.keep(session, "library", {"n": number}, ("n",), actor=MEMBER, at=world.clock())
    kept = [one.number for one in versions(world)]
    assert kept == list(range(205, 5, -1))
    assert history.difference(None, versions(world)[-1])[0].before is None


def test_a_client_of_before_begins_its_history_with_its_first_change(world: World) -> None:
    with world.provider.sessions.begin() as session:
        began = changing.standing(session, HALL)
        fields = {**began.fields, "minimum_level": 2}
        written = changing.change(
            session, HALL, fields, actor=OPERATOR, expected_version=began.number, **where(world)
        )
    assert (began.number, written.number) == (0, 1)
