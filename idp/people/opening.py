"""The room's services, made of the provider's: for the login room, the command line and the worker."""

from sqlalchemy.orm import Session, sessionmaker

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import MasterKeys
from idp.messages import TextMessages
from idp.people.activation_codes import ActivationCodes
from idp.people.daily_tries import Counters
from idp.people.enrolment_desk import EnrolmentDesk
from idp.people.enrolment_records import EnrolmentRecords
from idp.people.one_time_codes import OneTimeCodes
from idp.people.registry import Register
from idp.people.settlement import EndSessions
from idp.people.sms_checks import SmsChecks
from idp.settings import Settings
from idp.storage.ephemeral import EphemeralStore


def open_activation_codes(keys: MasterKeys, index: BlindIndex) -> ActivationCodes:
    return ActivationCodes(keys.derived("activation-codes"), index)


def open_sms_checks(
    settings: Settings,
    keys: MasterKeys,
    store: EphemeralStore,
    cipher: FieldCipher,
    index: BlindIndex,
) -> SmsChecks:
    seconds = settings.messages.sms_code_seconds
    return SmsChecks(
        codes=OneTimeCodes(store, keys.derived("sms-codes"), seconds=seconds),
        counters=Counters(store, index),
        limits=settings.limits,
        deliver=TextMessages(cipher, code_seconds=seconds).send_code,
    )


def open_enrolment_desk(
    settings: Settings,
    keys: MasterKeys,
    *,
    sessions: sessionmaker[Session],
    store: EphemeralStore,
    cipher: FieldCipher,
    index: BlindIndex,
    register: Register,
    end_sessions: EndSessions,
) -> EnrolmentDesk:
    """`end_sessions(session, person_id)`: `idp.sessions.end_all_of`, handed down to this room."""
    return EnrolmentDesk(
        sessions=sessions,
        store=store,
        records=EnrolmentRecords(store, cipher),
        sms=open_sms_checks(settings, keys, store, cipher, index),
        activation_codes=open_activation_codes(keys, index),
        counters=Counters(store, index),
        register=register,
        cipher=cipher,
        index=index,
        limits=settings.limits,
        end_sessions=end_sessions,
        seconds=settings.protocol.interaction_seconds,
        sandbox=settings.sandbox,
    )
