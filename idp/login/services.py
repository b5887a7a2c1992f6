"""What the login room needs besides the provider's services; made once for each app."""

from dataclasses import dataclass
from functools import partial

from flask import current_app

from idp.business.keeping import KeepingRegister
from idp.business.licences.opening import licences_at_hand
from idp.extensions import Services
from idp.login.face.sessions import FaceSessions
from idp.login.factors.certificate import LicenceChecks
from idp.login.factors.face import FaceChecks
from idp.login.factors.passkey import Passkeys
from idp.login.factors.sms import SentCodes
from idp.login.licences.handovers import Handovers
from idp.login.licences.holding import may_hold
from idp.login.tried import KEY_USE as TRIED
from idp.login.tried import TriedDigests
from idp.oidc import sharing
from idp.people import activation_codes, email_checks, one_time_codes
from idp.people.activation_codes import ActivationCodes
from idp.people.daily_tries import Counters
from idp.people.email_checks import EmailChecks
from idp.people.enrolment_bindings import EnrolmentBindings
from idp.people.enrolment_desk import EnrolmentDesk
from idp.people.enrolment_records import EnrolmentRecords
from idp.people.first_credentials import FirstCredentials
from idp.people.licence_holders import LicenceHolders
from idp.people.one_time_codes import OneTimeCodes
from idp.people.passwords import Passwords
from idp.people.sms_checks import SmsChecks

KEY = "yitong.login"


@dataclass(frozen=True)
class LoginServices:
    passwords: Passwords
    passkeys: Passkeys
    faces: FaceChecks
    face_sessions: FaceSessions
    sms: SmsChecks
    emails: EmailChecks
    sent_codes: SentCodes
    activation_codes: ActivationCodes
    desk: EnrolmentDesk
    bindings: EnrolmentBindings
    first_credentials: FirstCredentials
    licences: LicenceChecks
    licence_holders: LicenceHolders
    licence_handovers: Handovers
    tried: TriedDigests
    """Of what was typed, for the log."""


def open_login_services(found: Services) -> LoginServices:
    settings, store = found.settings, found.store
    passwords = Passwords(settings.limits.password_checks_at_once)
    counters = Counters(store, found.index)
    records = EnrolmentRecords(store, found.cipher)
    code_seconds = settings.messages.sms_code_seconds
    sms = SmsChecks(
        codes=OneTimeCodes(store, found.master_keys.derived(one_time_codes.KEY_USE), seconds=code_seconds),
        counters=counters,
        limits=settings.limits,
        deliver=found.messages.send_code,
    )
    clerks_codes = ActivationCodes(found.master_keys.derived(activation_codes.KEY_USE), found.index)
    desk = EnrolmentDesk(
        sessions=found.sessions,
        store=store,
        records=records,
        sms=sms,
        counters=counters,
        register=found.register,
        cipher=found.cipher,
        index=found.index,
        limits=settings.limits,
        end_sessions=sharing.end_all_of,
        seconds=settings.protocol.interaction_seconds,
        sandbox=settings.sandbox,
    )
    bindings = EnrolmentBindings(
        sessions=found.sessions,
        store=store,
        records=records,
        sms=sms,
        activation_codes=clerks_codes,
        register=found.register,
        index=found.index,
        seconds=settings.protocol.interaction_seconds,
    )
    register = KeepingRegister(found.business_register, found.sessions, found.organisations, found.clock)
    return LoginServices(
        passwords=passwords,
        passkeys=Passkeys(store, settings.issuer),
        faces=FaceChecks.of(settings),
        face_sessions=FaceSessions(store, found.cipher, frames_at_most=settings.liveness.frames_at_most),
        sms=sms,
        emails=EmailChecks(
            codes=OneTimeCodes(
                store,
                found.master_keys.derived(email_checks.KEY_USE),
                seconds=settings.mail.code_seconds,
            ),
            counters=counters,
            limits=settings.limits,
            deliver=found.mails.send_code,
        ),
        sent_codes=SentCodes(store, found.cipher, seconds=code_seconds),
        activation_codes=clerks_codes,
        desk=desk,
        bindings=bindings,
        first_credentials=FirstCredentials(
            sessions=found.sessions,
            records=records,
            passwords=passwords,
            presence_seconds=settings.protocol.presence_seconds,
        ),
        licences=LicenceChecks(
            licences_at_hand(settings, store, register, may_hold=partial(may_hold, found)),
            found.sessions,
            at_once=settings.limits.licence_checks_at_once,
        ),
        licence_holders=LicenceHolders(found.sessions, found.register, found.cipher, found.index),
        licence_handovers=Handovers(store, found.cipher, settings.licences.challenge_seconds),
        tried=TriedDigests(store, found.master_keys.derived(TRIED)),
    )


def login_services() -> LoginServices:
    """Those of the current app."""
    found: LoginServices = current_app.extensions[KEY]
    return found
