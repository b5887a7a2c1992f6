"""Proving a phone by text message: how many may be sent, sending, and checking what comes back.

For enrolment, and for signing in with a code: the caller says what for, and for which attempt.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.people.daily_tries import Counters
from idp.people.one_time_codes import CodeAnswer, OneTimeCodes
from idp.settings import Limits
from idp.storage.outbox import enqueue

NOBODY = "nobody"
"""In the place of a phone where there is none, so that the same is done in the same time."""
DECOY = "sms-decoy"
DECOY_BYTES = 300
"""About what a sealed message takes. A decoy is born expired: the worker deletes it, and nobody reads it."""


class SendCode(Protocol):
    def __call__(self, session: Session, phone: str, code: str, *, locale: str, now: datetime) -> object:
        """Put a text message with a code into the outbox, in this transaction."""


class TooManyMessages(Exception):
    """To this phone today, or from this address this hour."""


class WrongCode(Exception):
    def __init__(self, answer: CodeAnswer) -> None:
        super().__init__(answer.value)
        self.answer = answer


@dataclass(frozen=True)
class SmsChecks:
    codes: OneTimeCodes
    counters: Counters
    limits: Limits
    deliver: SendCode

    def may_send(self, phone: str | None, context: AuditContext) -> bool:
        """Counts one message, also to nobody."""
        by_phone = self.counters.count_today("sms-phone", phone or NOBODY, context.at)
        by_address = self.counters.count_this_hour("sms-address", context.address or "", context.at)
        if by_address > self.limits.sms_per_address_per_hour:
            return False
        return phone is None or by_phone <= self.limits.sms_per_phone_per_day

    def send(
        self,
        session: Session,
        phone: str | None,
        *,
        purpose: str,
        holder: str,
        locale: str,
        context: AuditContext,
        really: bool = True,
    ) -> None:
        """Issue a code in place of an earlier one and put the message into the outbox.

        For nobody, or when it is not `really` to be sent, the outbox gets a row that the worker drops.
        """
        code = self.codes.issue(purpose, holder, phone or NOBODY)
        if really and phone is not None:
            self.deliver(session, phone, code, locale=locale, now=context.at)
        else:
            send_to_nobody(session, context.at)

    def check(self, typed: str, phone: str | None, *, purpose: str, holder: str) -> None:
        """Raises WrongCode; for nobody always, after the same work."""
        answer = self.codes.check(purpose, holder, phone or NOBODY, typed)
        if answer is CodeAnswer.RIGHT and phone is None:
            answer = CodeAnswer.WRONG
        if answer is not CodeAnswer.RIGHT:
            raise WrongCode(answer)


def send_to_nobody(session: Session, now: datetime) -> None:
    """The same write as for somebody: how long it takes tells nothing."""
    enqueue(session, DECOY, secrets.token_bytes(DECOY_BYTES), now=now, expires_at=now)
