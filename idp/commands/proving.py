"""What a worker does for the audit log: proving that it is whole, and dropping what of it is old enough."""

from collections.abc import Callable
from datetime import timedelta

from idp.audit.tree.anchors import Anchoring, FileAnchor
from idp.audit.tree.retention import Retention
from idp.audit.tree.rounds import Proving
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner
from idp.extensions import Services

Stopping = Callable[[], bool]


def open_proving(found: Services, stopping: Stopping) -> Proving:
    settings = found.settings.audit
    every = timedelta(seconds=settings.head_seconds)
    folder = FileAnchor(found.settings.path(settings.anchor_directory), found.clock)
    return Proving(
        Sequencer(found.engine, found.clock, stopping),
        HeadSigner(found.engine, found.cipher, found.clock, log=found.settings.issuer, every=every),
        (Anchoring(found.engine, found.clock, "file", folder),),
    )


def open_retention(found: Services, stopping: Stopping) -> Retention:
    settings = found.settings.audit
    return Retention(
        found.engine,
        found.clock,
        kept=timedelta(days=settings.kept_days),
        faces_kept=timedelta(days=settings.face_events_kept_days),
        stopping=stopping,
    )
