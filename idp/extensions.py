"""What a running provider is made of, put together once; and Flask's hold on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.addresses import RecordedAddresses, recorded_addresses
from idp.audit.log import AuditLog
from idp.business.organisations import Organisations
from idp.business.registry import BusinessRegister, open_business_register
from idp.crypto import master_key
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import MasterKeys, MasterKeysWrong
from idp.mandates import matters
from idp.mandates.ending import Ends
from idp.mandates.matters import Matters
from idp.mandates.opening import Mandates, open_mandates
from idp.mandates.register_changes import organisation_changed
from idp.messages import Mails, TextMessages
from idp.outbound import Outbound, to_clients
from idp.people.registry import Register, open_register
from idp.settings import Settings
from idp.storage.base import Base
from idp.storage.database import READ_ONLY
from idp.storage.ephemeral import Clock, EphemeralStore, open_store
from idp.storage.throttle import Throttle

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)
"""Gives each request its session; models derive from the plain `Base`."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """Everything that outlives a request. Rules take what they need of it as parameters."""

    settings: Settings
    clock: Clock
    engine: Engine
    sessions: sessionmaker[Session]
    """For code outside a request: the worker, the command line, the fast path."""
    master_keys: MasterKeys
    cipher: FieldCipher
    index: BlindIndex
    store: EphemeralStore
    throttle: Throttle
    audit: AuditLog
    addresses: RecordedAddresses
    """What the log says of them."""
    outbound: Outbound
    """To what the settings name."""
    outbound_to_clients: Outbound
    """To what registrations name: whoever registers chooses the address, and reaches none of the operator's
    exceptions by it."""
    messages: TextMessages
    mails: Mails
    register: Register
    business_register: BusinessRegister
    organisations: Organisations
    ends: Ends
    """Ends what rests on mandates that end."""
    mandates: Mandates


def load_master_keys(settings: Settings) -> MasterKeys:
    """Raises MasterKeysWrong; in production also for keys that a developer's set-up made."""
    if settings.secrets.provider == "environment":
        keys = master_key.from_environment()
    else:
        keys = master_key.from_file(settings.path(settings.secrets.file))
    if settings.mode == "production" and keys.purpose != "production":
        raise MasterKeysWrong("secrets: these master keys were made for development")
    return keys


def open_services(settings: Settings, clock: Clock, engine: Engine, ends: Ends) -> Services:
    """Everything but Flask; the command line and the worker use the same.

    `ends`: of the protocol, which is above this. Raises MasterKeysWrong, SettingsWrong.
    """
    keys = load_master_keys(settings)
    cipher = FieldCipher(keys.encryption)
    index = BlindIndex(keys.blind_index, keys.blind_index_next)
    store = open_store(settings.database_url(settings.ephemeral.url), clock)
    outbound = Outbound(settings.outbound)
    return Services(
        settings=settings,
        clock=clock,
        engine=engine,
        sessions=sessionmaker(engine, expire_on_commit=False),
        master_keys=keys,
        cipher=cipher,
        index=index,
        store=store,
        throttle=Throttle(store, clock, settings.limits, key=keys.derived("throttle")),
        audit=AuditLog(engine),
        addresses=recorded_addresses(settings.audit, keys),
        outbound=outbound,
        outbound_to_clients=to_clients(settings.outbound),
        messages=TextMessages(cipher, code_seconds=settings.messages.sms_code_seconds),
        mails=Mails(cipher, code_seconds=settings.mail.code_seconds),
        register=open_register(settings.register_, engine, cipher, index, outbound, clock),
        business_register=open_business_register(settings.business_register, engine, cipher, outbound, clock),
        organisations=Organisations(
            cipher,
            index,
            recheck=timedelta(seconds=settings.business_register.recheck_seconds),
            trusted=timedelta(seconds=settings.business_register.trusted_seconds),
            changed=partial(organisation_changed, ends=ends),
        ),
        ends=ends,
        mandates=open_mandates(settings.mandates, matters_of(settings), cipher, index, ends),
    )


def matters_of(settings: Settings) -> Matters:
    """Raises SettingsWrong."""
    folder = settings.mandates.matters_directory
    return matters.load(None if folder is None else settings.path(folder))


def services() -> Services:
    """Those of the current app."""
    found: Services = current_app.extensions["yitong"]
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """The request's session; committed at the end, rolled back when the block raises."""
    session: Session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """A short look that takes no lock, so that slow work may follow. What was read stays usable after it, and
    changes nothing."""
    with Session(services().engine.execution_options(**READ_ONLY), expire_on_commit=False) as session:
        yield session
