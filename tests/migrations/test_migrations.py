"""Up and down on SQLite and PostgreSQL; what they make is what the models say, and rows stay."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.commands.database import migrate_to
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.models import metadata
from idp.oidc.clients.changes import history
from idp.oidc.clients.credentials.client_keys import ClientKey, id_of
from idp.oidc.clients.credentials.client_secrets import ClientSecret, ClientSecrets, secret_mac
from idp.oidc.clients.credentials.kept_secret import KeptSecret
from idp.oidc.clients.metadata import Client, read
from idp.oidc.sharing import Consent
from idp.people.models import Person
from idp.storage.base import new_id
from idp.storage.database import open_database
from tests.idp.oidc.clients.secret_rows import secret_row

NAMED = {"client_name": "Hall", "redirect_uris": ["https://hall.example/callback"]}
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    names = inspect(engine).get_table_names()
    return {name for name in names if not name.startswith("audit_events_")} - {"alembic_version"}


def is_compared(item: Any, name: str | None, kind: str, is_reflected: bool, _compare_to: object) -> bool:
    """Partitions of the log are no tables of the models, and the log's indexes on PostgreSQL are compared in
    `test_months_of_the_log`; its rows are unique by a key on SQLite alone."""
    if kind == "table":
        return not str(name).startswith("audit_events_")
    return kind not in {"index", "unique_constraint"} or item.table.name != "audit_events"


def test_up_makes_what_the_models_say(engine: Engine) -> None:
    migrate_to(engine)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_compared})
        assert compare_metadata(context, metadata) == []


def test_up_and_down_and_up_again(engine: Engine) -> None:
    migrate_to(engine)
    assert tables(engine) == set(metadata.tables)
    migrate_to(engine, "base")
    assert tables(engine) == set()
    migrate_to(engine)
    assert tables(engine) == set(metadata.tables)


def test_up_twice_keeps_rows(engine: Engine) -> None:
    migrate_to(engine)
    person = Person(id=new_id(NOW), status="active", level=1, name_sealed=b"sealed", created_at=NOW)
    with Session(engine) as session, session.begin():
        session.add(person)
    migrate_to(engine)
    with Session(engine) as session:
        assert session.scalars(select(Person.name_sealed)).one() == b"sealed"


def test_a_consent_of_before_is_one_to_a_check_and_one_to_be_kept_does_not_become_one(engine: Engine) -> None:
    migrate_to(engine, "0001")
    person, old = new_id(NOW), new_id(NOW)
    columns = "id, person_id, text_version, locale, given_at"
    insert = f"INSERT INTO face_consents ({columns}) VALUES (:id, :person, '1', 'zh-CN', :at)"
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO people (id, status, level, name_sealed, created_at)"
                " VALUES (:id, 'active', 2, :name, :at)"
            ),
            {"id": person, "name": b"sealed", "at": NOW},
        )
        connection.execute(text(insert), {"id": old, "person": person, "at": NOW})
    migrate_to(engine, "0002")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT id, purpose FROM face_consents")).all() == [(old, "check")]
        values = {"id": new_id(NOW), "person": person, "at": NOW}
        kept = insert.replace("given_at)", "given_at, purpose)").replace(":at)", ":at, 'template')")
        connection.execute(text(kept), values)
        with pytest.raises(IntegrityError), connection.begin_nested():
            # Whoever forgets to say what for does not get a consent to a check.
            connection.execute(text(insert), values | {"id": new_id(NOW)})
    migrate_to(engine, "0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM face_consents")).scalars().all() == [old]


def test_keys_stay_when_their_algorithms_get_longer_names(engine: Engine) -> None:
    migrate_to(engine, "0010")
    insert = text(
        "INSERT INTO signing_keys"
        " (kid, algorithm, purpose, public_jwk, private_sealed, created_at, active_from)"
        " VALUES (:kid, :algorithm, :purpose, '{}', :sealed, :at, :at)"
    )
    signs = {"kid": "s", "algorithm": "ES256", "purpose": "tokens", "sealed": b"sealed", "at": NOW}
    with engine.begin() as connection:
        connection.execute(insert, signs)
    migrate_to(engine, "0011")
    opens = {**signs, "kid": "o", "algorithm": "ECDH-ES+A256KW", "purpose": "requests"}
    with engine.begin() as connection:
        connection.execute(insert, opens)
        found = connection.execute(text("SELECT kid, algorithm FROM signing_keys ORDER BY kid")).all()
    assert found == [("o", "ECDH-ES+A256KW"), ("s", "ES256")]
    migrate_to(engine, "0010")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT kid FROM signing_keys")).scalars().all() == ["s"]


def test_when_an_account_became_verified_is_taken_from_the_log(engine: Engine) -> None:
    migrate_to(engine, "0002")
    verified, silent, declared = new_id(NOW), new_id(NOW), new_id(NOW)
    with engine.begin() as connection:
        for person, level in ((verified, 2), (silent, 2), (declared, 1)):
            connection.execute(
                text(
                    "INSERT INTO people (id, status, level, name_sealed, created_at)"
                    " VALUES (:id, 'active', :level, :name, :at)"
                ),
                {"id": person, "level": level, "name": b"sealed", "at": NOW},
            )
        for number, (person, name) in enumerate(
            ((verified, "person_enrolled"), (verified, "signed_in"), (declared, "person_enrolled"))
        ):
            connection.execute(
                text(
                    "INSERT INTO audit_events (xid, id, at, name, person_id, payload)"
                    " VALUES (0, :id, :at, :name, :person, '{}')"
                ),
                {"id": new_id(NOW), "at": NOW + timedelta(days=number), "name": name, "person": person},
            )
        connection.execute(
            text(
                "INSERT INTO signing_keys"
                " (kid, algorithm, public_jwk, private_sealed, created_at, active_from)"
                " VALUES ('k', 'ES256', '{}', :sealed, :at, :at)"
            ),
            {"sealed": b"sealed", "at": NOW},
        )
    migrate_to(engine, "0003")
    with Session(engine) as session:
        rows = session.execute(select(Person.id, Person.verified_at)).all()
        found = {row.id: row.verified_at for row in rows}
        keys = session.execute(text("SELECT kid, purpose FROM signing_keys")).all()
    assert found == {verified: NOW, silent: None, declared: None}
    assert keys == [("k", "tokens")]
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO signing_keys (kid, algorithm, purpose, public_jwk, created_at, active_from)"
                " VALUES ('r', 'ES256', 'receipts', '{}', :at, :at)"
            ),
            {"at": NOW},
        )
    migrate_to(engine, "0002")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT kid FROM signing_keys")).scalars().all() == ["k"]


def test_who_agreed_before_agreed_to_nothing_in_detail(engine: Engine) -> None:
    migrate_to(engine, "0009")
    person = new_id(NOW)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO people (id, status, level, name_sealed, created_at)"
                " VALUES (:id, 'active', 2, :name, :at)"
            ),
            {"id": person, "name": b"sealed", "at": NOW},
        )
        connection.execute(
            text(
                "INSERT INTO clients (client_id, sector, metadata, status, created_at, updated_at)"
                " VALUES ('hall', 'hall.example', '{}', 'active', :at, :at)"
            ),
            {"at": NOW},
        )
        connection.execute(
            text(
                "INSERT INTO consents"
                " (person_id, client_id, id, scopes, asked, purpose, given_at, expires_at)"
                " VALUES (:person, 'hall', :id, '[]', '[]', 'sign-in', :at, :at)"
            ),
            {"person": person, "id": new_id(NOW), "at": NOW},
        )
    migrate_to(engine, "0010")
    with Session(engine) as session:
        assert session.scalars(select(Consent.particulars)).all() == [{}]
    migrate_to(engine, "0009")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT purpose FROM consents")).scalars().all() == ["sign-in"]


def test_the_history_of_a_client_begins_with_what_stands(engine: Engine) -> None:
    migrate_to(engine, "0034")
    with engine.begin() as connection:
        for client_id, mac in (("hall", None), ("app", "m" * 43)):
            connection.execute(
                text(
                    "INSERT INTO clients"
                    " (client_id, sector, metadata, registration_mac, status, created_at, updated_at)"
                    " VALUES (:id, 'hall.example', '{\"client_name\": \"Hall\"}', :mac, 'active', :at, :at)"
                ).bindparams(at=NOW),
                {"id": client_id, "mac": mac},
            )
    migrate_to(engine, "0035")
    with Session(engine) as session:
        [first] = history.history(session, "hall")
        assert (first.number, first.at, first.changed) == (1, NOW, ())
        assert (first.actor, first.metadata) == (history.OPERATOR, {"client_name": "Hall"})
        assert history.history(session, "app")[0].actor == history.ITSELF
    migrate_to(engine, "0034")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT client_id FROM clients ORDER BY client_id")).scalars().all()
    assert found == ["app", "hall"]


def test_that_a_team_stopped_its_app_is_kept_from_before(engine: Engine) -> None:
    migrate_to(engine, "0045")
    with engine.begin() as connection:
        for status in ("active", "paused", "frozen"):
            connection.execute(
                text(
                    "INSERT INTO clients (client_id, sector, metadata, status, created_at, updated_at)"
                    " VALUES (:status, 'hall.example', '{}', :status, :at, :at)"
                ).bindparams(at=NOW),
                {"status": status},
            )
    migrate_to(engine, "0046")
    with engine.connect() as connection:
        query = text("SELECT client_id FROM clients WHERE is_paused")
        assert connection.execute(query).scalars().all() == ["paused"]
    migrate_to(engine, "0045")


def test_secrets_of_clients_stay_what_they_are_up_and_down(engine: Engine) -> None:
    cipher = FieldCipher(KeyRing("1", {"1": bytes(32)}))
    secrets, secret = ClientSecrets(b"k" * 32, cipher), "s" * 43
    sealed = cipher.seal(secret, context="client.secret:hall")
    mac = secret_mac(b"k" * 32, "hall", secret)
    migrate_to(engine, "0036")
    with engine.begin() as connection:
        insert = text(
            "INSERT INTO clients"
            " (client_id, sector, metadata, secret_mac, secret_sealed, status, created_at, updated_at)"
            " VALUES (:id, 'hall.example', '{}', :mac, :sealed, 'active', :at, :at)"
        )
        connection.execute(insert, {"id": "hall", "mac": mac, "sealed": sealed, "at": NOW})
        connection.execute(insert, {"id": "page", "mac": None, "sealed": None, "at": NOW})
        connection.execute(
            text(
                "INSERT INTO client_versions (client_id, number, at, actor_kind, metadata, changed)"
                " VALUES ('hall', 1, :at, 'operator', '{}', '[]')"
            ),
            {"at": NOW},
        )
    migrate_to(engine, "0037")
    with Session(engine) as session, session.begin():
        [row] = session.scalars(select(ClientSecret))
        assert (row.client_id, row.label, row.expires_at, row.created_at) == ("hall", "", None, NOW)
        kept = KeptSecret(row.id, row.mac, row.expires_at, row.secret_sealed)
        # What hangs on the row of the client is there still.
        assert len(history.history(session, "hall")) == 1
        for number, days in ((1, 400), (2, 30)):
            later = secret_row(b"k" * 32, "hall", f"other {number}", NOW + timedelta(seconds=number))
            later.expires_at = NOW + timedelta(days=days)
            session.add(later)
    hall = Client(read({"client_id": "hall", "sector": "hall.example", **NAMED}), (kept,), True)
    assert secrets.which(hall, "hall", secret, NOW) == kept
    assert secrets.opened(hall, NOW) == ((kept, secret.encode()),)
    migrate_to(engine, "0036")
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT client_id, secret_mac, secret_sealed FROM clients ORDER BY client_id")
        )
        assert found.all() == [("hall", mac, sealed), ("page", None, None)]
        assert connection.execute(text("SELECT count(*) FROM client_versions")).scalar() == 1


def test_keys_of_clients_are_known_by_their_kids(engine: Engine) -> None:
    migrate_to(engine, "0039")
    jwks = '{"jwks": {"keys": [{"kty": "EC", "kid": "one"}, {"kty": "EC"}, {"kty": "EC", "kid": "one"}]}}'
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO clients (client_id, sector, metadata, status, created_at, updated_at)"
                " VALUES (:id, 'hall.example', :metadata, 'active', :at, :at)"
            ),
            [
                {"id": "hall", "metadata": jwks, "at": NOW},
                {"id": "page", "metadata": '{"jwks": null}', "at": NOW},
            ],
        )
    migrate_to(engine, "0040")
    with Session(engine) as session:
        [row] = session.scalars(select(ClientKey))
        assert (row.id, row.kid, row.created_at) == (id_of("hall", "one"), "one", NOW)
    migrate_to(engine, "0039")
