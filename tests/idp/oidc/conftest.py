"""A provider on SQLite and in memory, made anew for each test from one prepared database."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import idp.models  # noqa: F401 - every table
from idp import create_app, settings
from idp.audit import AuditLog
from idp.crypto import master_key
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.oidc.clients.metadata import read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.keys.making import rotate
from idp.oidc.provider import CLIENT_SECRET_USE, open_provider
from idp.oidc.room import KEY
from idp.outbound import Outbound, to_clients
from idp.people import directory, documents
from idp.people.models import Person
from idp.settings import Settings
from idp.storage.base import Base, new_id
from idp.storage.database import open_database
from idp.storage.ephemeral.memory import MemoryStore
from tests.compiled_templates import COMPILED
from tests.fakes import FakeClock
from tests.idp.oidc.clients.secret_rows import secret_row
from tests.idp.oidc.world import HALL, REDIRECT_URIS, SECRETS, SPA, TAX, World

NO_REGISTRATION = {"IDP_PROTOCOL__REGISTRATION": "off"}
NOW = datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC)
NAME, PHONE, NUMBER = "张三丰", "+8613800138000", "11010519491231002X"
EMAIL = "zhang.sanfeng@mail.example"
MANIFESTS = {
    HALL: {
        "sector": "hall.example",
        "client_name": "City Service Hall",
        "client_name#zh-CN": "市政务服务大厅",
        "client_uri": "http://hall.localhost:8001/",
        "scope": "openid profile phone resident_number offline_access",
        "grant_types": ["authorization_code", "refresh_token"],
        "optional_scope": "phone",
        "purpose": "To show you your applications",
        "purpose_code": "service-hall",
        "id_token_signed_response_alg": "ES256",
        "post_logout_redirect_uris": ["http://hall.localhost:8001/bye"],
    },
    TAX: {
        "sector": "tax.example",
        "client_name": "Tax Office",
        "scope": "openid profile",
        "minimum_level": 3,
        "token_endpoint_auth_method": "client_secret_basic",
    },
    SPA: {
        "sector": "spa.example",
        "client_name": "A page",
        "token_endpoint_auth_method": "none",
        "id_token_signed_response_alg": "ES256",
    },
}


@pytest.fixture(scope="session")
def configuration() -> Settings:
    environment = {"IDP_ISSUER": "https://id.example", "IDP_SANDBOX": "true", **NO_REGISTRATION}
    return settings.load(environment)


@pytest.fixture(scope="session")
def master_document() -> str:
    return master_key.generate(NOW, purpose="development")


@pytest.fixture(scope="session")
def master_keys(master_document: str) -> master_key.MasterKeys:
    return master_key.parse(master_document)


@pytest.fixture(scope="session")
def prepared(
    tmp_path_factory: pytest.TempPathFactory,
    configuration: Settings,
    master_keys: master_key.MasterKeys,
) -> tuple[Path, str]:
    """A database file with keys, clients and one verified person; and the person's id."""
    path = tmp_path_factory.mktemp("oidc") / "prepared.db"
    engine = open_database(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    cipher = FieldCipher(master_keys.encryption)
    with Session(engine) as session:
        rotate(session, cipher, configuration.protocol, NOW)
        add_clients(session, master_keys)
        person_id = add_person(session, cipher, BlindIndex(master_keys.blind_index))
        session.commit()
    engine.dispose()
    return path, person_id


def add_clients(session: Session, keys: master_key.MasterKeys) -> None:
    for client_id, fields in MANIFESTS.items():
        metadata = read({"client_id": client_id, "redirect_uris": [REDIRECT_URIS[client_id]], **fields})
        session.add(
            ClientRecord(
                client_id=client_id,
                sector=metadata.sector,
                metadata_json=metadata.to_json(),
                created_at=NOW,
                updated_at=NOW,
            )
        )
        session.flush()
        if client_id in SECRETS:
            session.add(secret_row(keys.derived(CLIENT_SECRET_USE), client_id, SECRETS[client_id], NOW))


def add_person(session: Session, cipher: FieldCipher, index: BlindIndex) -> str:
    person_id = new_id(NOW)
    person = Person(
        id=person_id,
        level=2,
        verified_at=NOW - timedelta(days=400),
        name_sealed=b"",
        birth_date=date(1949, 12, 31),
        sex="female",
        phone_sealed=cipher.seal(PHONE, context=directory.phone_context(person_id)),
        email_sealed=cipher.seal(EMAIL, context=directory.email_context(person_id)),
        email_confirmed_at=NOW,
        created_at=NOW,
    )
    directory.set_name(person, NAME, cipher)
    session.add(person)
    session.flush()
    document = documents.identify(NUMBER, NOW.date())
    directory.add_document(session, person, document, cipher=cipher, index=index, now=NOW)
    return person_id


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def engine(prepared: tuple[Path, str], tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "idp.db"
    shutil.copy(prepared[0], path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def world(
    engine: Engine,
    clock: FakeClock,
    configuration: Settings,
    master_keys: master_key.MasterKeys,
    prepared: tuple[Path, str],
) -> Iterator[World]:
    audit = AuditLog(engine)
    provider = open_provider(
        configuration,
        clock=clock,
        engine=engine,
        store=MemoryStore(clock),
        master_keys=master_keys,
        cipher=FieldCipher(master_keys.encryption),
        audit=audit,
        outbound=Outbound(configuration.outbound),
        outbound_to_clients=to_clients(configuration.outbound),
    )
    yield World(provider, engine, clock, prepared[1])
    audit.close()


@pytest.fixture
def app(
    prepared: tuple[Path, str], master_document: str, tmp_path: Path, clock: FakeClock
) -> Iterator[Flask]:
    """The whole provider, as `create_app` wires it, on the prepared database."""
    shutil.copy(prepared[0], tmp_path / "idp.db")
    (tmp_path / "master.json").write_text(master_document)
    environment = {
        "IDP_ISSUER": "https://id.example",
        **NO_REGISTRATION,
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
    }
    app = create_app(settings.load(environment), clock=clock)
    app.jinja_env.bytecode_cache = COMPILED
    app.testing = True
    yield app
    found = app.extensions["yitong"]
    found.audit.close()
    found.store.close()
    found.engine.dispose()


@pytest.fixture
def app_world(app: Flask, prepared: tuple[Path, str], clock: FakeClock) -> World:
    """The moves of a browser and a portal on the app's own provider."""
    found = app.extensions["yitong"]
    return World(app.extensions[KEY], found.engine, clock, prepared[1])
