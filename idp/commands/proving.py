"""What a worker does for the audit log: proving that it is whole, counting, dropping what is old enough."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta

from idp.audit.partitions import Months
from idp.audit.statistics.rolling import Statistics
from idp.audit.tree.anchors import Anchoring, FileAnchor, Give, HttpAnchor
from idp.audit.tree.retention import Retention
from idp.audit.tree.rounds import Proving
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner
from idp.audit.verifications.lateness import Lateness
from idp.audit.verifications.outside import given_away
from idp.audit.verifications.running import Verifying
from idp.extensions import Services
from idp.settings import read_token

Stopping = Callable[[], bool]


def open_proving(found: Services, stopping: Stopping) -> Proving:
    settings = found.settings.audit
    every = timedelta(seconds=settings.head_seconds)
    return Proving(
        Sequencer(found.engine, found.clock, stopping),
        HeadSigner(found.engine, found.cipher, found.clock, log=found.settings.issuer, every=every),
        tuple(Anchoring(found.engine, found.clock, name, give) for name, give in _anchors(found)),
    )


def _anchors(found: Services) -> Iterator[tuple[str, Give]]:
    """Raises SettingsWrong."""
    settings = found.settings.audit
    yield "file", FileAnchor(found.settings.path(settings.anchor_directory), found.clock)
    if settings.anchor_url:
        token = read_token("audit.anchor_token_file", settings.anchor_token_file)
        authorization = {} if token is None else {"authorization": f"Bearer {token}"}
        headers = {"content-type": "application/x-ndjson", **authorization}

        def post(lines: bytes) -> int:
            return found.outbound.post(settings.anchor_url, lines, headers=headers).status

        yield "http", HttpAnchor(post)


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
        outside=lambda: given_away(directory),
        daily_at=time.fromisoformat(settings.audit.verify_daily_at)
        if settings.audit.verify_daily_at
        else None,
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
    )
