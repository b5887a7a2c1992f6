"""`idp worker`: the work that may wait. Any number of them may run; they share it."""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from idp import core_dumps, sessions
from idp.audit.log import AuditUnavailable
from idp.commands.keys import rotate_signing_keys
from idp.commands.opening import opened
from idp.extensions import Services
from idp.messages import open_handlers
from idp.oidc import sharing
from idp.oidc.token import offline_grants
from idp.people import activation_codes, face_consents, face_evidence, face_templates, face_words
from idp.storage import outbox
from idp.storage.ephemeral import StoreUnavailable

log = logging.getLogger("idp.worker")

PAUSE_SECONDS = 1.0
Sweep = Callable[[Session, datetime], int]
# (name, what is swept): each in a transaction of its own, so that one failure stops no other.
SWEEPS: tuple[tuple[str, Sweep], ...] = (
    ("sessions", sessions.sweep),
    ("consents", sharing.sweep),
    ("offline grants", offline_grants.sweep),
    ("activation codes", activation_codes.sweep),
    ("face consents", face_consents.sweep),
    ("face evidence", face_evidence.sweep),
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
        except (SQLAlchemyError, StoreUnavailable, AuditUnavailable) as problem:
            # It is due again soon enough; the type says enough, and the text might say too much.
            log.warning("%s: %s", self.name, type(problem).__name__)


@click.command()
def worker() -> None:
    """Do the work that may wait: messages, sweeps, keys."""
    core_dumps.forbid()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopping.set())
    with opened() as found:
        duties = duties_of(found)
        while not stopping.is_set():
            for duty in duties:
                duty.do_if_due(found.clock())
            stopping.wait(PAUSE_SECONDS)


def duties_of(found: Services) -> list[Duty]:
    """Everything that a worker does, each with its own rhythm."""
    settings = found.settings
    handlers = open_handlers(settings.messages, found.cipher, found.store, found.outbound, found.clock)

    def swept(sweep: Sweep) -> Callable[[], object]:
        def do() -> None:
            with found.sessions.begin() as session:
                sweep(session, found.clock())

        return do

    words = face_words.of_template(settings.liveness)
    sweep_templates: Sweep = partial(face_templates.sweep, text_version=words)
    return [
        Duty("messages", timedelta(), lambda: outbox.drain(found.sessions, handlers, found.clock)),
        Duty("ephemeral store", timedelta(minutes=1), found.store.sweep),
        *(Duty(name, timedelta(minutes=5), swept(sweep)) for name, sweep in SWEEPS),
        Duty("face templates", timedelta(minutes=5), swept(sweep_templates)),
        Duty("signing keys", timedelta(hours=1), lambda: rotate_signing_keys(found, actor="worker")),
    ]
