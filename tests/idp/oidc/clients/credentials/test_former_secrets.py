"""What is remembered of a secret that ended: enough to name it, for a month; it opens nothing."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.clients.credentials import former_secrets, named_secrets
from idp.oidc.clients.credentials.client_secrets import ClientSecret
from idp.oidc.clients.credentials.former_secrets import KEPT_AT_MOST, FormerSecret, FormerSecrets
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST
from idp.oidc.clients.models import ClientRecord
from idp.oidc.facts import WrongSecret
from idp.storage.database import open_database
from tests.idp.oidc.clients.credentials.test_named_secrets import added, kept, proves, revoked
from tests.idp.oidc.world import HALL, TAX, World


def said_of(world: World, secret: str, client_id: str = TAX) -> WrongSecret | None:
    mac = world.provider.authenticator.secrets.mac(client_id, secret)
    return FormerSecrets(world.provider.reads).find(mac, "")


def former(world: World, client_id: str = TAX) -> int:
    with Session(world.provider.reads) as session:
        found = select(func.count()).where(FormerSecret.client_id == client_id)
        return session.scalars(found).one()


def test_one_that_was_revoked_is_named_for_a_month(world: World) -> None:
    made = added(world, label="second server")
    revoked(world, made.id)
    said = said_of(world, made.secret)
    assert said == WrongSecret("revoked", "second server", int(world.clock().timestamp()))
    for days, gone in ((29, 0), (30, 1)):
        with world.provider.sessions.begin() as session:
            assert former_secrets.sweep(session, world.clock() + timedelta(days=days)) == gone
    assert said_of(world, made.secret) is None


def test_one_that_expired_and_made_room_is_named(world: World) -> None:
    old = added(world, label="old server", days=1)
    while len(kept(world)) < SECRETS_AT_MOST:
        added(world)
    world.clock.advance(86_400)
    added(world, label="one more")
    said = said_of(world, old.secret)
    assert said is not None
    assert (said.problem, said.label) == ("expired", "old server")


def test_of_no_client_more_is_kept_than_there_may_be(world: World) -> None:
    for _ in range(KEPT_AT_MOST + 1):
        world.clock.advance(60)
        last = added(world)
        revoked(world, last.id)
    assert former(world) == KEPT_AT_MOST
    assert said_of(world, last.secret) is not None


def test_it_goes_with_its_client(world: World) -> None:
    revoked(world, added(world, HALL).id, HALL)
    assert former(world, HALL) == 1
    with world.provider.sessions.begin() as session:
        session.delete(session.get_one(ClientRecord, HALL))
    assert former(world, HALL) == 0


def test_attack_a_revoked_secret_opens_nothing_however_often_it_comes(world: World) -> None:
    made = added(world)
    revoked(world, made.id)
    assert [proves(world, made.secret) for _ in range(3)] == [False, False, False]


def test_attack_the_secret_of_one_client_says_nothing_of_another(world: World) -> None:
    made = added(world)
    revoked(world, made.id)
    assert said_of(world, made.secret, HALL) is None


def test_one_that_is_shared_again_and_revoked_again(world: World) -> None:
    """A manifest can bring back the very same secret."""
    for _ in range(2):
        with world.provider.sessions.begin() as session:
            [row] = session.scalars(select(ClientSecret).where(ClientSecret.client_id == TAX))
            again = ClientSecret(
                id=row.id,
                client_id=TAX,
                label="secret_file",
                mac=row.mac,
                made_by_kind=row.made_by_kind,
                created_at=row.created_at,
            )
            context = AuditContext(at=world.clock())
            named_secrets.revoke(session, TAX, row.id, actor=OPERATOR, context=context)
            session.add(again)
    assert former(world) == 1


def test_what_does_not_answer_says_nothing() -> None:
    engine = open_database("sqlite:////nowhere/at/all.db")
    try:
        assert FormerSecrets(engine).find("m" * 43, "") is None
    finally:
        engine.dispose()
