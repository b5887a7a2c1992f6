"""Checking the integration of apps whose teams have asked for it. In a sandbox alone."""

import secrets
import threading
from collections.abc import Sequence
from datetime import timedelta

from idp.audit.context import AuditContext
from idp.checker import Citizen, Fetch
from idp.checker.fetching import guarded
from idp.checker.running import Checking, OneScript
from idp.commands.duties.duty import Duty
from idp.extensions import Services
from idp.oidc.clients.cache import ClientCache
from idp.oidc.clients.metadata import Client
from idp.oidc.logout import rp_initiated
from idp.people import directory
from idp.people.activation_codes import KEY_USE, ActivationCodes
from idp.people.models import PersonStatus
from idp.people.sandbox.population import population
from idp.sandbox.outcomes import state
from idp.sandbox.outcomes.scripts import Scripts
from idp.storage.database import READ_ONLY

EVERY = timedelta()
ADULT = 18
CLERK = "checks of apps"
"""Who made the codes of its citizens."""


def checker_duties(found: Services, stopping: threading.Event) -> tuple[Duty, ...]:
    """None where there is no sandbox: nobody real is ever signed in by a program."""
    if not found.settings.sandbox:
        return ()
    scripts = Scripts(found.store, found.clock)
    clients = ClientCache(found.engine.execution_options(**READ_ONLY), found.clock)
    settings = found.settings

    def fetch(origins: Sequence[str]) -> Fetch:
        return guarded(origins, settings.issuer, settings.developer.checker_allow)

    def script(client_id: str) -> OneScript:
        return OneScript(
            lambda outcome: scripts.put(client_id, (outcome,), sign_ins=None),
            lambda: scripts.end(client_id),
            lambda: state.state(scripts, client_id),
        )

    def pause(seconds: float) -> None:
        stopping.wait(seconds)

    def client_of(client_id: str) -> Client | None:
        client = clients.find(client_id)
        return client if client is not None and client.is_active else None

    checking = Checking(
        sessions=found.sessions,
        clock=found.clock,
        issuer=settings.issuer,
        end_session_url=settings.issuer + rp_initiated.PATH,
        client_of=client_of,
        scripts=script,
        citizen=lambda: citizen(found),
        fetch=fetch,
        pause=pause,
        is_stopping=stopping.is_set,
    )
    return (Duty("checks of apps", EVERY, checking.round),)


def citizen(found: Services) -> Citizen:
    """Somebody of the sandbox's who has a password, may sign in, and is of age. Not always the same: runs at
    the same time are in nobody's way."""
    today = directory.day_in_china(found.clock())
    fitting = [
        person
        for person in population(today)
        if person.account is not None
        and person.account.status is PersonStatus.ACTIVE
        and person.has_photo
        and person.drawn_age >= ADULT
    ]
    one = secrets.choice(fitting)
    assert one.account is not None
    codes = ActivationCodes(found.master_keys.derived(KEY_USE), found.index)

    def presence_code() -> str:
        """As a clerk of the sandbox's would make it."""
        context = AuditContext(found.clock())
        with found.sessions.begin() as session:
            return codes.make(session, one.number.value, made_by=CLERK, days=1, context=context)

    return Citizen(one.number.value, one.account.password, presence_code)
