"""Several secrets a client: one takes over from another without a pause, ends in time, is revoked at once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.crypto.digests import same
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.changes import changing, history
from idp.oidc.clients.changes.history import OPERATOR, Actor, ActorKind
from idp.oidc.clients.credentials import named_secrets
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.clients.credentials.client_secrets import ClientSecret, ClientSecrets, secret_mac
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST, KeptSecret
from idp.oidc.clients.credentials.last_used import LastUses
from idp.oidc.clients.credentials.named_secrets import (
    HasNoSecret,
    LabelRefused,
    Made,
    NoSuchSecret,
    TooManySecrets,
)
from idp.oidc.clients.metadata import Client, read
from idp.oidc.http import Request, Response
from tests.idp.oidc.clients.secret_rows import secrets_of
from tests.idp.oidc.clients.signing import claims_of, mac_signed
from tests.idp.oidc.registration.registering import body_of, opened, replacement
from tests.idp.oidc.world import HALL, SECRETS, SPA, TAX, World, basic

MEMBER = Actor(ActorKind.PERSON, "01a20244-e87b-7d01-9b78-cd66d50a1f65")
KEY, NOW = b"k" * 32, datetime(2026, 11, 22, 8, tzinfo=UTC)
CIPHER = FieldCipher(KeyRing("1", {"1": bytes(32)}))
FIELDS = {
    "client_id": "hall",
    "client_name": "Hall",
    "sector": "hall.example",
    "redirect_uris": ["https://hall.example/callback"],
}


def added(world: World, client_id: str = TAX, label: str = "second server", *, days: int | None = 90) -> Made:
    with world.provider.sessions.begin() as session:
        ends = None if days is None else world.clock() + timedelta(days=days)
        return changing.add_secret(session, client_id, label, expires_at=ends, actor=MEMBER, **where(world))


def where(world: World) -> dict[str, Any]:
    context = AuditContext(at=world.clock())
    return {"context": context, "secrets": world.provider.authenticator.secrets}


def revoked(world: World, secret_id: str, client_id: str = TAX) -> None:
    with world.provider.sessions.begin() as session:
        context = AuditContext(at=world.clock())
        changing.revoke_secret(session, client_id, secret_id, actor=MEMBER, context=context)
    world.provider.clients.forget(client_id)


def kept(world: World, client_id: str = TAX) -> list[ClientSecret]:
    with Session(world.provider.reads) as session:
        return secrets_of(session, client_id)


def proves(world: World, secret: str, client_id: str = TAX) -> bool:
    answer: Response = world.post("/oauth2/revoke", {"token": "any"}, authorization=basic(client_id, secret))
    return answer.status == 200


def test_one_secret_takes_over_from_another_without_a_pause(world: World) -> None:
    old, new = SECRETS[TAX], added(world)
    world.clock.advance(SECONDS)
    assert proves(world, old)
    assert proves(world, new.secret)
    [first] = [row for row in kept(world) if row.id != new.id]
    revoked(world, first.id)
    assert not proves(world, old)
    assert proves(world, new.secret)


def test_a_revoked_secret_is_refused_at_once_here_and_within_seconds_elsewhere(world: World) -> None:
    new = added(world)
    world.clock.advance(SECONDS)
    assert proves(world, new.secret)
    with world.provider.sessions.begin() as session:
        context = AuditContext(at=world.clock())
        changing.revoke_secret(session, TAX, new.id, actor=OPERATOR, context=context)
    # Another process has not been told, and looks again after so long.
    world.clock.advance(SECONDS)
    assert not proves(world, new.secret)


def test_an_expired_secret_proves_nothing_though_it_is_remembered(world: World) -> None:
    new = added(world, days=1)
    world.clock.advance(86_400 - 1)
    assert proves(world, new.secret)
    world.clock.advance(1)
    assert not proves(world, new.secret)
    assert len(kept(world)) == 2
    with world.provider.sessions.begin() as session:
        assert named_secrets.sweep(session, world.clock() + timedelta(days=29)) == 0
        assert named_secrets.sweep(session, world.clock() + timedelta(days=30)) == 1


def test_attack_a_secret_of_one_client_moved_to_another(world: World) -> None:
    with world.provider.sessions.begin() as session:
        [row] = secrets_of(session, TAX)
        row.client_id = HALL
    world.clock.advance(SECONDS)
    assert not proves(world, SECRETS[TAX], HALL)


def test_macs_are_tried_with_each_secret_that_is_good(world: World) -> None:
    with world.provider.sessions.begin() as session:
        fields = {
            **changing.standing(session, TAX).fields,
            "token_endpoint_auth_method": "client_secret_jwt",
            "grant_types": ["authorization_code", "client_credentials"],
        }
        first = changing.change(session, TAX, fields, actor=MEMBER, **where(world)).made
    assert first is not None
    second, gone = added(world), added(world, days=1)
    world.clock.advance(86_400)
    answers = [asked_with_a_mac(world, made) for made in (first, second, gone)]
    assert answers == [200, 200, 401]


def asked_with_a_mac(world: World, made: Made) -> int:
    assertion = mac_signed(made.secret.encode(), claims_of(TAX, world.clock()))
    proved = {"token": "any", "client_assertion_type": TYPE, "client_assertion": assertion}
    return world.post("/oauth2/revoke", proved).status


@pytest.mark.parametrize("number", range(SECRETS_AT_MOST + 1))
def test_timing_the_same_number_of_macs_is_compared_whoever_asks(number: int) -> None:
    """Unknown clients, clients with one secret and with five; the right, a wrong, the first, the last."""
    compared: list[str] = []

    def counted(left: str, right: str) -> bool:
        compared.append(right)
        return same(left, right)

    secrets = ClientSecrets(KEY, CIPHER, same=counted)
    rows = tuple(KeptSecret(str(one), secret_mac(KEY, "hall", f"s{one}")) for one in range(number))
    client = Client(read(FIELDS), rows, True)
    for known in (client, None):
        for offered in ("wrong", "s0", f"s{max(number - 1, 0)}"):
            compared.clear()
            found = secrets.which(known, "hall", offered, NOW)
            assert len(compared) == SECRETS_AT_MOST
            assert (found is not None) == (known is not None and offered != "wrong" and number > 0)


def test_what_is_not_allowed_makes_no_secret(world: World) -> None:
    with pytest.raises(HasNoSecret):
        added(world, SPA)
    for label in ("", " ", "a" * 61, "two\nlines", " ends ", "zero\u200bwidth"):
        with pytest.raises(LabelRefused):
            added(world, label=label)
    for _ in range(SECRETS_AT_MOST - 1):
        added(world, days=1)
    with pytest.raises(TooManySecrets):
        added(world)
    world.clock.advance(86_400)
    # One that has expired makes room.
    added(world)
    assert len(kept(world)) == SECRETS_AT_MOST
    with pytest.raises(NoSuchSecret):
        revoked(world, kept(world)[0].id, HALL)


def test_who_made_and_revoked_it_stands_in_the_history_and_in_the_log_and_the_secret_nowhere(
    world: World,
) -> None:
    made = added(world)
    revoked(world, made.id)
    with Session(world.provider.reads) as session:
        assert [(one.actor, one.changed) for one in history.history(session, TAX)] == [
            (MEMBER, ("client_secret",)),
            (MEMBER, ("client_secret",)),
        ]
    [in_the_log], [out_of_it] = world.events("client_secret_made"), world.events("client_secret_revoked")
    assert (in_the_log.person_id, out_of_it.person_id) == (MEMBER.id, MEMBER.id)
    assert made.secret not in f"{in_the_log.payload} {out_of_it.payload} {made!r}"


def test_a_client_that_looks_after_itself_gets_another_before_its_secret_runs_out(world: World) -> None:
    desk = opened(world)
    client = desk.made()
    again = body_of(desk.manage(client, "PUT", replacement(client)))
    assert "client_secret" not in again
    world.clock.advance((365 - 30) * 86_400)
    renewed = body_of(desk.manage(client, "PUT", replacement(client)))
    assert renewed["client_secret"] != client["client_secret"]
    assert renewed["client_secret_expires_at"] == client["client_secret_expires_at"] + (365 - 30) * 86_400
    for secret in (client["client_secret"], renewed["client_secret"]):
        assert proves(world, secret, client["client_id"])


class Later:
    """Holds what is to be done a little later until the test says so."""

    def __init__(self) -> None:
        self.work: list[Any] = []

    def __call__(self, work: Any) -> None:
        self.work.append(work)

    def do(self) -> int:
        waiting, self.work = self.work, []
        for work in waiting:
            work()
        return len(waiting)


def test_last_use_is_written_once_a_day_and_apart_from_the_request(world: World) -> None:
    later = Later()
    uses = LastUses(world.engine, later=later)
    [row] = kept(world)
    now = world.clock()
    for _ in range(3):
        uses.note(ClientSecret, row.id, now)
    assert kept(world)[0].last_used_on is None
    assert later.do() == 1
    assert kept(world)[0].last_used_on == date(2026, 11, 22)
    uses.note(ClientSecret, row.id, now + timedelta(hours=1))
    assert later.do() == 0
    uses.note(ClientSecret, row.id, now + timedelta(days=1))
    assert later.do() == 1
    assert kept(world)[0].last_used_on == date(2026, 11, 23)
    # As people read dates here: in China the next day has begun.
    uses.note(ClientSecret, row.id, now.replace(day=23, hour=17))
    assert later.do() == 1
    assert kept(world)[0].last_used_on == date(2026, 11, 24)
    # Another process whose clock is behind does not take it back.
    LastUses(world.engine, later=later).note(ClientSecret, row.id, now)


def test_a_last_use_that_could_not_be_written_is_marked_again(world: World) -> None:
    later = Later()
    uses = LastUses(world.engine, later=later)
    [row] = kept(world)
    with world.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE client_secrets RENAME TO elsewhere")
    uses.note(ClientSecret, row.id, world.clock())
    later.do()
    with world.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO client_secrets")
    uses.note(ClientSecret, row.id, world.clock())
    assert later.do() == 1
    assert kept(world)[0].last_used_on is not None


def test_authentication_notes_which_secret_it_was(world: World) -> None:
    used: list[str] = []
    with Session(world.provider.reads) as session:
        [row] = session.scalars(select(ClientSecret).where(ClientSecret.client_id == TAX))
    authenticator = world.provider.authenticator
    noting = replace(authenticator, note=lambda _table, key, _now: used.append(key))
    request = Request("POST", "/oauth2/token", {"authorization": basic(TAX, SECRETS[TAX])})
    noting.authenticate(request, endpoint="https://id.example/oauth2/token", now=world.clock())
    assert used == [row.id]
