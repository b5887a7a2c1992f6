"""The audit log: proved, counted, verified, given away, and dropped when it is old enough."""

import threading
from datetime import timedelta

from idp.commands.audit_sinks import open_deliveries
from idp.commands.duties.duty import Duty
from idp.commands.proving import (
    open_lateness,
    open_months,
    open_proving,
    open_retention,
    open_statistics,
    open_verifying,
)
from idp.extensions import Services


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


def sink_duties(found: Services, stopping: threading.Event) -> list[Duty]:
    """Giving events to systems outside: a thread each, so that one that is down holds up no other."""
    return [
        Duty(f"sink {one.name}", timedelta(), one.round) for one in open_deliveries(found, stopping.is_set)
    ]
