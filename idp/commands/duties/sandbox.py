"""What a sandbox sweeps besides; there is nothing of it elsewhere."""

from datetime import timedelta

from idp.commands.duties.duty import Duty
from idp.extensions import Services
from idp.sandbox.people import sweeping


def sandbox_duties(found: Services) -> list[Duty]:
    if not found.settings.sandbox:
        return []

    def sweep() -> None:
        with found.sessions.begin() as session:
            sweeping.sweep(session, found.clock(), cipher=found.cipher)

    return [Duty("own people of the sandbox", timedelta(hours=1), sweep)]
