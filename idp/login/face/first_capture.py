"""The sandbox alone: a live capture becomes the register's photo of somebody who has none."""

from idp.audit import log as audit
from idp.audit.events.faces import FaceReferenceTaken
from idp.extensions import services, transaction
from idp.login.circumstances import context
from idp.people.registry.embedded import keep_first_capture


def keep_as_reference(
    image: bytes, number: str, *, person_id: str | None, interaction_id: str | None
) -> bool:
    """True when it was kept, with its event. Raises ValueError outside of the sandbox."""
    found = services()
    now = found.clock()
    with transaction() as session:
        kept = keep_first_capture(
            session,
            number,
            image,
            cipher=found.cipher,
            index=found.index,
            now=now,
            sandbox=found.settings.sandbox,
        )
        if kept:
            event = FaceReferenceTaken(person_id)
            audit.record(session, event, context=context(now, interaction_id))
    return kept
