"""Proving an e-mail address by a code: how many may be sent, sending, and checking what comes back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.credentials import MailCodeSent
from idp.people.daily_tries import Counters
from idp.people.one_time_codes import CodeAnswer, OneTimeCodes
from idp.people.sms_checks import TooManyMessages, WrongCode
from idp.settings import Limits

PURPOSE: Final = "email-address"
KEY_USE: Final = "mail-codes"


class SendCode(Protocol):
    def __call__(self, session: Session, address: str, code: str, *, locale: str, now: datetime) -> object:
        """Put a mail with a code into the outbox, in this transaction."""


@dataclass(frozen=True)
class EmailChecks:
    codes: OneTimeCodes
    counters: Counters
    limits: Limits
    deliver: SendCode

    def send(
        self, session: Session, person_id: str, email: str, *, holder: str, locale: str, context: AuditContext
    ) -> None:
        """In the session's transaction. Raises TooManyMessages: by this person, or to this address, today."""
        by_person = self.counters.count_today("mail-person", person_id, context.at)
        to_address = self.counters.count_today("mail-address", email, context.at)
        if max(by_person, to_address) > self.limits.mails_per_address_per_day:
            raise TooManyMessages
        code = self.codes.issue(PURPOSE, holder, email)
        self.deliver(session, email, code, locale=locale, now=context.at)
        audit.record(session, MailCodeSent(PURPOSE, person_id), context=context)

    def check(self, typed: str, email: str, *, holder: str) -> None:
        """Raises WrongCode."""
        answer = self.codes.check(PURPOSE, holder, email, typed)
        if answer is not CodeAnswer.RIGHT:
            raise WrongCode(answer)
