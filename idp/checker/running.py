"""One run, as a worker does it: the app as it is registered, our own sandbox as the provider."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session, sessionmaker

from clients.checker import Application, Fetch, NotReached, Result, run
from clients.checker.provider import Citizen
from clients.checker.sandbox import Sandbox, Script
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.checking import AppCheckReported
from idp.checker import runs, setups
from idp.checker.models import CheckerRun, CheckerSetup, RunBy
from idp.oidc.clients.metadata import Client
from idp.storage.outages import OUTAGES

log = logging.getLogger("idp.checker")

PATIENCE_SECONDS = 8.0
"""A worker sends logout tokens every second; an app may keep its keys some seconds."""


class Scripts(Protocol):
    """Of the sandbox: what it forces for one app."""

    def __call__(self, client_id: str) -> Script: ...


@dataclass(frozen=True)
class Checking:
    """What every run needs."""

    sessions: sessionmaker[Session]
    clock: Callable[[], datetime]
    issuer: str
    end_session_url: str
    client_of: Callable[[str], Client | None]
    """By its id; None: nobody can sign in to it."""
    scripts: Scripts
    citizen: Callable[[], Citizen]
    fetch: Callable[[Sequence[str]], Fetch]
    """For these origins."""
    pause: Callable[[float], None]
    is_stopping: Callable[[], bool]

    def round(self) -> int:
        """All that wait, one after another; how many."""
        self._end_lost()
        done = 0
        while not self.is_stopping() and self._anything_waits():
            found = runs.claim(self.sessions, self.clock())
            if found is None:
                break
            self._do(found)
            done += 1
        return done

    def _anything_waits(self) -> bool:
        with self.sessions() as session:
            return runs.is_waiting(session)

    def _end_lost(self) -> None:
        """A worker that was killed has left a lie behind, which everybody who signs in is told."""
        now = self.clock()
        with self.sessions() as session:
            found = [runs.client_id_of(session, one.app_id) for one in runs.lost(session, now)]
        if not found:
            return
        log.warning("checker: %d runs were lost", len(found))
        # First, while no other run of these apps can begin.
        for client_id in found:
            if client_id is not None:
                self.scripts(client_id).clear()
        with self.sessions.begin() as session:
            runs.give_up_lost(session, now)

    def _do(self, found: CheckerRun) -> None:
        with self.sessions() as session:
            setup = setups.of_app(session, found.app_id)
            client_id = runs.client_id_of(session, found.app_id)
        client = None if client_id is None else self.client_of(client_id)
        if setup is None or client is None:
            return self._give_up(found, "no_client")
        try:
            # Asked again: what is registered may have changed since it was typed.
            setups.checked(_wanted(setup), setups.origins_of(client))
        except setups.SetupRefused:
            return self._give_up(found, "setup")
        try:
            self._carry_out(found, setup, client)
        except _Stopped:
            self._give_up(found, "stopped")
        except NotReached:
            self._give_up(found, "sandbox")
        except OUTAGES:
            raise
        except Exception as mistake:
            # An app must not stop the worker by an answer that nobody has thought of.
            log.error("checker: a run broke: %s", type(mistake).__name__, exc_info=True)
            self._give_up(found, "mistake")
        return None

    def _carry_out(self, found: CheckerRun, setup: CheckerSetup, client: Client) -> None:
        origins = setups.origins_of(client)
        app = Application(
            setup.sign_in_url,
            setup.page_url,
            setup.marker,
            client.metadata.backchannel_logout_uri or "",
            origins,
        )
        provider = Sandbox(
            self.issuer,
            self.scripts(client.client_id),
            self.citizen(),
            self.end_session_url,
            self.pause,
            PATIENCE_SECONDS,
        )
        results: list[Result] = []

        def told(result: Result) -> None:
            results.append(result)
            with self.sessions.begin() as session:
                is_wanted = runs.progress(session, found.id, results)
            if not is_wanted or self.is_stopping():
                raise _Stopped

        provider.tell(None)
        try:
            report = run(
                app,
                provider,
                self.fetch(origins),
                clock=self.clock,
                pause=self.pause,
                longest_seconds=runs.LONGEST_SECONDS,
                patience_seconds=PATIENCE_SECONDS,
                told=told,
            )
        finally:
            provider.tell(None)
        now = self.clock()
        with self.sessions.begin() as session:
            if runs.finish(session, found.id, report, now):
                passed, tried = report.counted
                event = AppCheckReported(found.app_id, RunBy.SERVER, passed, tried)
                audit.record(session, event, context=AuditContext(now))

    def _give_up(self, found: CheckerRun, why: str) -> None:
        log.info("checker: a run ended early: %s", why)
        with self.sessions.begin() as session:
            runs.give_up(session, found.id, why, self.clock())


@dataclass(frozen=True)
class OneScript:
    """`clients.checker.sandbox.Script` over functions of the sandbox's own."""

    chosen: Callable[[str], object]
    ended: Callable[[], object]
    told: Callable[[], Mapping[str, Any]]

    def choose(self, outcome: str) -> None:
        self.chosen(outcome)

    def clear(self) -> None:
        self.ended()

    def state(self) -> Mapping[str, Any]:
        return self.told()


class _Stopped(Exception):
    """The worker ends, or nobody wants the run any more."""


def _wanted(setup: CheckerSetup) -> setups.Wanted:
    return setups.Wanted(setup.sign_in_url, setup.page_url, setup.marker)
