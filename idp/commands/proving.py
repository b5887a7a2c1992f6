"""What a worker does for the audit log: proving that it is whole, counting, dropping what is old enough."""

from collections.abc import Callable
from datetime import time, timedelta

from idp.audit.partitions import Months
from idp.audit.statistics.rolling import Statistics
from idp.audit.tree.anchors import Anchoring
from idp.audit.tree.retention import Retention
from idp.audit.tree.rounds import Proving
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner
from idp.audit.verifications.lateness import Lateness
from idp.audit.verifications.outside import given_away
from idp.audit.verifications.running import Verifying
from idp.commands.audit_places import open_anchors
from idp.extensions import Services

Stopping = Callable[[], bool]


def open_proving(found: Services, stopping: Stopping) -> Proving:
    settings = found.settings.audit
    every = timedelta(seconds=settings.head_seconds)
    return Proving(
        Sequencer(found.engine, found.clock, stopping),
        HeadSigner(
            found.engine, found.cipher, found.clock, found.settings.issuer, every, settings.head_algorithm
        ),
        tuple(Anchoring(found.engine, found.clock, name, give) for name, give in open_anchors(found)),
    )


def open_months(found: Services) -> Months:
    return Months(found.engine, found.clock)


def open_retention(found: Services, stopping: Stopping) -> Retention:
    settings = found.settings.audit
    return Retention(
        found.engine,
        found.clock,
        kept=timedelta(days=settings.kept_days),
        faces_kept=timedelta(days=settings.face_events_kept_days),
        stopping=stopping,
    )


def open_statistics(found: Services, stopping: Stopping) -> Statistics:
    kept = timedelta(days=found.settings.audit.statistics_kept_days)
    return Statistics(found.engine, found.clock, kept, stopping)


def open_verifying(found: Services, stopping: Stopping) -> Verifying:
    settings = found.settings
    directory = settings.path(settings.audit.anchor_directory)
    return Verifying(
        found.engine,
        found.clock,
        settings.issuer,
        outside=lambda: given_away(directory, settings.issuer),
        daily_at=time.fromisoformat(settings.audit.verify_daily_at)
        if settings.audit.verify_daily_at
        else None,
        is_sandbox=settings.sandbox,
        stopping=stopping,
    )


def open_lateness(found: Services) -> Lateness:
    settings = found.settings.audit
    return Lateness(
        found.engine,
        found.store,
        found.clock,
        found.audit.append,
        anchors=settings.anchors,
        head_seconds=settings.head_seconds,
        is_verified_daily=bool(settings.verify_daily_at),
    )
