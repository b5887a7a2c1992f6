"""`idp worker`: the work that may wait. Any number of them may run; they share it."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import click

from idp import core_dumps
from idp.commands.duties.audit_log import audit_duties, sink_duties, verification_duty
from idp.commands.duties.checking import checker_duties
from idp.commands.duties.credentials import credentials_duty
from idp.commands.duties.duty import work
from idp.commands.duties.notices import notices_duty
from idp.commands.duties.quick import quick_duties
from idp.commands.duties.sandbox import sandbox_duties
from idp.commands.duties.watching import (
    alarms_duty,
    detection_duty,
    guardians_duty,
    measures_duty,
    organisations_duty,
)
from idp.commands.opening import opened
from idp.commands.starting import write_start
from idp.detection.opening import describe

BESIDE = 16
"""Threads for what may take long: more than there are such duties, for each keeps one."""


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
            *checker_duties(found, stopping),
            *sink_duties(found, stopping),
        )
        slow = [beside.submit(work, [duty], found.clock, stopping) for duty in duties]
        slow.append(beside.submit(work, audit_duties(found, stopping), found.clock, stopping))
        work([*quick_duties(found), *sandbox_duties(found), credentials_duty(found)], found.clock, stopping)
        for one in slow:
            one.result()
