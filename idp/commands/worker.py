"""`idp worker`: the work that may wait. Any number of them may run; they share it."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import click
from sqlalchemy.orm import Session

from idp import blocks, core_dumps, session_clients, sessions
from idp.account.mandates.guardians import desk_of
from idp.audit.statistics import rolling as statistics
from idp.business.watching import ROUND_EVERY, Watching
from idp.cases import retention as cases
from idp.commands.audit_sinks import open_deliveries
from idp.commands.keys import rotate_signing_keys
from idp.commands.opening import opened
from idp.commands.proving import (
    open_lateness,
    open_months,
    open_proving,
    open_retention,
    open_statistics,
    open_verifying,
)
from idp.commands.starting import write_start
from idp.detection import alerts
from idp.detection.opening import Described, describe, open_detection, open_notices
from idp.extensions import Services
from idp.mandates import guardian_watching
from idp.mandates.guardian_watching import GuardianWatching
from idp.measures import reading as measures
from idp.measures.opening import open_measures
from idp.messages import open_handlers, open_mail_handlers
from idp.oidc import sharing
from idp.oidc.backchannel import known
from idp.oidc.backchannel import notices as backchannel_notices
from idp.oidc.backchannel.delivery import Notifications
from idp.oidc.clients.cache import ClientCache
from idp.oidc.clients.jwks import ClientKeys
from idp.oidc.keys.ring import SigningKeys
from idp.oidc.logos import keeping as logos
from idp.oidc.logos.fetching import Logos
from idp.oidc.logout.back_channel import LogoutNotices
from idp.oidc.notice_sending import TIMEOUT_SECONDS, Post
from idp.oidc.registration import initial_tokens, records
from idp.oidc.token import offline_grants
from idp.outbound import Answer
from idp.people import activation_codes, face_consents, face_evidence, face_templates, face_words
from idp.staff import changes as staff_changes
from idp.staff import sessions as staff_sessions
from idp.staff import unmasking
from idp.storage import outbox
from idp.storage.database import READ_ONLY
from idp.storage.ephemeral import Clock
from idp.storage.outages import OUTAGES
from idp.storage.outbox import Handler

log = logging.getLogger("idp.worker")

PAUSE_SECONDS = 1.0
NOTICES_AT_ONCE = 100
BESIDE = 16
"""Threads for what may take long: more than there are such duties, for each keeps one."""
Sweep = Callable[[Session, datetime], int]
# (name, what is swept): each in a transaction of its own, so that one failure stops no other.
SWEEPS: tuple[tuple[str, Sweep], ...] = (
    ("sessions", sessions.sweep),
    ("consents", sharing.sweep),
    ("known subjects", known.sweep),
    ("offline grants", offline_grants.sweep),
    ("old logos", logos.look_again),
    ("initial access tokens", initial_tokens.sweep),
    ("activation codes", activation_codes.sweep),
    ("face consents", face_consents.sweep),
    ("face evidence", face_evidence.sweep),
    ("staff sessions", staff_sessions.sweep),
    ("staff changes", staff_changes.sweep),
    ("blocked ranges", blocks.sweep),
    ("watched notices", session_clients.sweep),
    ("unmask asks", unmasking.sweep),
    ("dead messages", outbox.sweep),
)


@dataclass
class Duty:
    """Something done every so often; the first time at once."""

    name: str
    every: timedelta
    do: Callable[[], object]
    due_at: datetime | None = None

    def do_if_due(self, now: datetime) -> None:
        if self.due_at is not None and now < self.due_at:
            return
        self.due_at = now + self.every
        try:
            self.do()
        except OUTAGES as problem:
            # It is due again soon enough; the type says enough, and the text might say too much.
            log.warning("%s: %s", self.name, type(problem).__name__)


@click.command()
def worker() -> None:
    """Do the work that may wait: messages, sweeps, keys."""
    core_dumps.forbid()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopping.set())
    with opened() as found, ThreadPoolExecutor(BESIDE + len(found.settings.audit.sinks)) as beside:
        write_start(found, "worker")
        described = describe(found.settings)
        # Clients and registers may take seconds to answer, a tree of many rows as long to fold; text messages
        # do not wait behind them.
        duties = (
            notices_duty(found),
            organisations_duty(found, stopping),
            guardians_duty(found, stopping),
            measures_duty(found, stopping),
            verification_duty(found, stopping),
            detection_duty(found, described, stopping),
            alarms_duty(found, described),
            *sink_duties(found, stopping),
        )
        slow = [beside.submit(work, [duty], found.clock, stopping) for duty in duties]
        slow.append(beside.submit(work, audit_duties(found, stopping), found.clock, stopping))
        work(duties_of(found), found.clock, stopping)
        for one in slow:
            one.result()


def work(duties: Sequence[Duty], clock: Clock, stopping: threading.Event) -> None:
    """Until it is stopped; a mistake in the code stops everything, for the supervisor to start again."""
    try:
        while not stopping.is_set():
            for duty in duties:
                duty.do_if_due(clock())
            stopping.wait(PAUSE_SECONDS)
    finally:
        stopping.set()


def notices_duty(found: Services) -> Duty:
    """Telling clients that sessions are over, and that people have answered; asking them for their logos."""
    handlers: dict[str, Handler] = {
        session_clients.KIND: logout_notices(found),
        backchannel_notices.KIND: notifications(found),
        logos.KIND: logos_of_clients(found),
    }
    return Duty(
        "notices to clients",
        timedelta(),
        lambda: outbox.drain(found.sessions, handlers, found.clock, at_most=NOTICES_AT_ONCE),
    )


def organisations_duty(found: Services, stopping: threading.Event) -> Duty:
    """Asking the business register again about known organisations."""
    watching = Watching(
        sessions=found.sessions,
        register=found.business_register,
        organisations=found.organisations,
        clock=found.clock,
        at_most=found.settings.business_register.rechecks_per_minute,
        stopping=stopping.is_set,
    )
    return Duty("organisations", ROUND_EVERY, watching.round)


def guardians_duty(found: Services, stopping: threading.Event) -> Duty:
    """Asking the population register again about guardians."""
    settings = found.settings.mandates
    watching = GuardianWatching(
        sessions=found.sessions,
        store=found.store,
        desk=desk_of(found),
        clock=found.clock,
        counts=timedelta(seconds=settings.guardian_confirmed_seconds),
        at_most=settings.guardian_rechecks_per_minute,
        stopping=stopping.is_set,
    )
    return Duty("guardians", guardian_watching.ROUND_EVERY, watching.round)


def measures_duty(found: Services, stopping: threading.Event) -> Duty:
    """Going on with what the security staff have begun: sessions of a whole client or range to be ended."""
    going_on = open_measures(found).going_on
    return Duty("measures", timedelta(), lambda: going_on.round(stopping.is_set))


def audit_duties(found: Services, stopping: threading.Event) -> list[Duty]:
    """Proving that the audit log is whole, counting what is in it, and dropping what of it is old enough."""
    return [
        Duty("proof of the audit log", timedelta(), open_proving(found, stopping.is_set).round),
        Duty("counts of the audit log", timedelta(), open_statistics(found, stopping.is_set).round),
        Duty("lateness of the proof", timedelta(minutes=1), open_lateness(found).round),
        Duty("months of the audit log", timedelta(hours=1), open_months(found).round),
        Duty("old audit events", timedelta(hours=1), open_retention(found, stopping.is_set).round),
    ]


def verification_duty(found: Services, stopping: threading.Event) -> Duty:
    """Verifying the whole audit log, each day and when somebody asks: the longest of all."""
    verifying = open_verifying(found, stopping.is_set)
    return Duty("verification of the audit log", timedelta(seconds=5), verifying.round)


def detection_duty(found: Services, described: Described, stopping: threading.Event) -> Duty:
    """Looking for attacks in what comes new into the log. After a start it reads days of it once more."""
    detecting = open_detection(
        found.settings, described, found.engine, found.store, found.clock, stopping.is_set
    )
    return Duty("detection", timedelta(), detecting.round)


def alarms_duty(found: Services, described: Described) -> Duty:
    """Telling of new alerts whom the operator names."""
    notices = open_notices(found.settings, described, found.sessions, found.outbound, found.clock)
    handlers = notices.handlers()
    return Duty("alarms", timedelta(), lambda: outbox.drain(found.sessions, handlers, found.clock))


def sink_duties(found: Services, stopping: threading.Event) -> list[Duty]:
    """Giving events to systems outside: a thread each, so that one that is down holds up no other."""
    return [
        Duty(f"sink {one.name}", timedelta(), one.round) for one in open_deliveries(found, stopping.is_set)
    ]


def _post(found: Services) -> Post:
    """How a client is told of something."""
    return lambda uri, body, headers: found.outbound.post(
        uri, body, headers=headers, timeout_seconds=TIMEOUT_SECONDS
    )


def logout_notices(found: Services) -> LogoutNotices:
    reads = found.engine.execution_options(**READ_ONLY)
    return LogoutNotices(
        issuer=found.settings.issuer,
        clock=found.clock,
        # A client that is suspended or frozen hears of sessions that end all the same.
        find_client=ClientCache(reads, found.clock).known,
        client_keys=ClientKeys(found.outbound.fetch, found.clock),
        keys=SigningKeys(reads, found.cipher, found.clock).current,
        pairwise_key=found.master_keys.pairwise,
        post=_post(found),
        append=found.audit.append,
    )


def logos_of_clients(found: Services) -> Logos:
    def get(uri: str, timeout_seconds: float) -> Answer:
        return found.outbound.get(uri, timeout_seconds=timeout_seconds)

    return Logos(clock=found.clock, sessions=found.sessions, get=get)


def notifications(found: Services) -> Notifications:
    """Of answers to requests by the back channel (CIBA)."""
    return Notifications(
        clock=found.clock,
        cipher=found.cipher,
        store=found.store,
        sessions=found.sessions,
        find_client=ClientCache(found.engine.execution_options(**READ_ONLY), found.clock).find,
        post=_post(found),
        append=found.audit.append,
    )


def duties_of(found: Services) -> list[Duty]:
    """Everything that a worker does, each with its own rhythm."""
    settings = found.settings
    handlers = open_handlers(settings.messages, found.cipher, found.store, found.outbound, found.clock)
    handlers |= open_mail_handlers(settings.mail, found.cipher, found.store, found.clock)

    def swept(sweep: Sweep) -> Callable[[], object]:
        def do() -> None:
            with found.sessions.begin() as session:
                sweep(session, found.clock())

        return do

    sweeping = found.mandates.sweeping
    words = face_words.of_template(settings.liveness)
    sweep_templates: Sweep = partial(face_templates.sweep, text_version=words)
    unused_days = settings.protocol.registration_unused_days
    sweep_alerts: Sweep = partial(alerts.sweep, kept=timedelta(days=settings.detection.alerts_kept_days))
    kept = timedelta(days=settings.audit.statistics_kept_days)
    sweep_counts: Sweep = partial(statistics.sweep, kept=kept)
    sweep_clients: Sweep = partial(records.sweep, days=unused_days)
    kept = timedelta(days=settings.measures.kept_days)
    sweep_measures: Sweep = partial(measures.sweep, kept=kept)
    sweep_cases: Sweep = partial(cases.sweep, days=settings.cases.kept_days)
    return [
        Duty("messages", timedelta(), lambda: outbox.drain(found.sessions, handlers, found.clock)),
        Duty("ephemeral store", timedelta(minutes=1), found.store.sweep),
        *(Duty(name, timedelta(minutes=5), swept(sweep)) for name, sweep in SWEEPS),
        Duty("face templates", timedelta(minutes=5), swept(sweep_templates)),
        Duty("expired mandates", timedelta(minutes=5), swept(sweeping.end_expired)),
        Duty("expired invitations", timedelta(minutes=5), swept(sweeping.expire_invitations)),
        Duty("mandates of ended accounts", timedelta(hours=1), swept(sweeping.end_of_ended_accounts)),
        Duty("old mandates", timedelta(hours=1), swept(sweeping.forget)),
        Duty("old alerts", timedelta(hours=1), swept(sweep_alerts)),
        Duty("old counts", timedelta(hours=1), swept(sweep_counts)),
        Duty("unused clients", timedelta(hours=1), swept(sweep_clients)),
        Duty("old measures", timedelta(hours=1), swept(sweep_measures)),
        Duty("old cases", timedelta(hours=1), swept(sweep_cases)),
        Duty("signing keys", timedelta(hours=1), lambda: rotate_signing_keys(found, actor="worker")),
    ]
