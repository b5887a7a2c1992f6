"""What a command works with: the settings that hold here, and the services made of them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from idp import settings as settings_module
from idp.commands.database import open_main_database
from idp.extensions import Services, open_services, utc_now
from idp.oidc.acting.ending import end_what_rests_on


@contextmanager
def opened(environment: Mapping[str, str] = os.environ) -> Iterator[Services]:
    """Services for one command; closed at its end, whatever it was."""
    settings = settings_module.load(environment)
    found = open_services(settings, utc_now, open_main_database(settings), end_what_rests_on)
    try:
        yield found
    finally:
        found.audit.close()
        found.store.close()
        found.engine.dispose()
