"""Looking at what others know and do: registers, attackers, and what the security staff began."""

import threading
from datetime import timedelta

from idp.account.mandates.guardians import desk_of
from idp.business.watching import ROUND_EVERY, Watching
from idp.commands.duties.duty import Duty
from idp.detection.opening import Described, open_detection, open_notices
from idp.extensions import Services
from idp.mandates import guardian_watching
from idp.mandates.guardian_watching import GuardianWatching
from idp.measures.opening import open_measures
from idp.storage import outbox


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
