"""A whole provider behind Flask's test client, on files of its own made anew from one prepared database."""

import dataclasses
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

import idp.models  # noqa: F401 - every table
from idp import create_app, settings
from idp.audit import AuditContext
from idp.crypto import master_key
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.login.factors.face import FaceChecks
from idp.login.services import KEY
from idp.oidc.clients.metadata import read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.keys.making import rotate
from idp.people import accounts, documents
from idp.people.credentials import PasswordWay, set_password
from idp.people.passwords import Passwords
from idp.people.registry.embedded import RegisterRecord, upsert
from idp.settings import Settings
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.compiled_templates import COMPILED
from tests.fakes import FakeClock
from tests.idp.login.engine import ActingEngine
from tests.idp.login.keeping import KEEP_ALL, change
from tests.idp.login.visitor import CHILD, HALL, ISSUER, NEWCOMER, PERSON, TAX, Site, Someone

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
CHEAP = Passwords(1, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
CLIENTS = {
    HALL: {
        "sector": "hall.example",
        "client_name": "City Service Hall",
        "client_uri": "https://hall.example/",
        "redirect_uris": ["https://hall.example/callback"],
        "initiate_login_uri": "https://hall.example/in",
        "minimum_level": 2,
    },
    TAX: {
        "sector": "tax.example",
        "client_name": "Tax Office",
        "redirect_uris": ["https://tax.example/callback"],
        "minimum_level": 3,
    },
}


@pytest.fixture(scope="session")
def keys_text() -> str:
    return master_key.generate(NOW, purpose="development")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, keys_text: str) -> Path:
    path = tmp_path_factory.mktemp("login") / "prepared.db"
    engine = open_database(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    keys = master_key.parse(keys_text)
    cipher, index = FieldCipher(keys.encryption), BlindIndex(keys.blind_index)
    with Session(engine) as session:
        rotate(session, cipher, configuration({}).protocol, NOW)
        for client_id, fields in CLIENTS.items():
            add_client(session, client_id, fields)
        for someone in (PERSON, CHILD):
            add_account(session, someone, cipher, index)
        for someone in (PERSON, CHILD, NEWCOMER):
            record = RegisterRecord(someone.number, someone.name, someone.phone, someone.photo)
            upsert(session, record, cipher=cipher, index=index, now=NOW)
        session.commit()
    engine.dispose()
    return path


def add_client(session: Session, client_id: str, fields: dict[str, object]) -> None:
    metadata = read({"client_id": client_id, "token_endpoint_auth_method": "none", **fields})
    row = ClientRecord(
        client_id=client_id,
        sector=metadata.sector,
        metadata_json=metadata.to_json(),
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(row)


def add_account(session: Session, someone: Someone, cipher: FieldCipher, index: BlindIndex) -> None:
    context = AuditContext(at=NOW)
    document = documents.identify(someone.number, NOW.date())
    person = accounts.create(
        session, document, someone.name, level=2, cipher=cipher, index=index, context=context
    )
    accounts.set_phone(
        session, person, someone.phone, way="enrolment", cipher=cipher, index=index, context=context
    )
    # As cheap as argon2 allows: what it costs is tested elsewhere.
    password_hash = CHEAP.hash(someone.password)
    set_password(session, person, password_hash, bound_level=2, way=PasswordWay.ENROLMENT, context=context)


def configuration(changes: dict[str, str]) -> Settings:
    return settings.load({"IDP_ISSUER": ISSUER, "IDP_SANDBOX": "true", **changes})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def changes() -> dict[str, str]:
    """Settings that a module has otherwise."""
    return {}


@pytest.fixture
def site(
    prepared: Path, tmp_path: Path, keys_text: str, clock: FakeClock, changes: dict[str, str]
) -> Iterator[Site]:
    with opened_site(prepared, tmp_path, keys_text, clock, changes) as found:
        yield found


@contextmanager
def opened_site(
    prepared: Path, folder: Path, keys_text: str, clock: FakeClock, changes: dict[str, str]
) -> Iterator[Site]:
    """A deployment with its files in that folder, which is empty."""
    shutil.copy(prepared, folder / "idp.db")
    (folder / "master.json").write_text(keys_text)
    found = configuration(
        {
            "IDP_DATABASE__URL": f"sqlite:///{folder / 'idp.db'}",
            "IDP_EPHEMERAL__URL": f"sqlite:///{folder / 'ephemeral.db'}",
            "IDP_SECRETS__FILE": str(folder / "master.json"),
            "IDP_DATA_DIRECTORY": str(folder),
            **changes,
        }
    )
    app = create_app(found, clock=clock)
    app.jinja_env.bytecode_cache = COMPILED
    engine = ActingEngine()
    app.extensions[KEY] = dataclasses.replace(
        app.extensions[KEY], faces=FaceChecks(lambda: engine, at_once=2)
    )
    site = Site(app, clock, engine)
    try:
        yield site
    finally:
        site.close()


@pytest.fixture
def keeping(site: Site) -> Site:
    """The operator keeps what people agree to."""
    change(site, **KEEP_ALL)
    return site
