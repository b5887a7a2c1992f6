"""Measures as the settings make them, for pages, the worker and the command line."""

from collections.abc import Callable
from typing import Final

from idp.extensions import Services
from idp.measures import protecting
from idp.measures.taking import Measures

KEY: Final = "yitong.measures"
"""Where a Flask app keeps them."""


def open_measures(found: Services, changed: Callable[[], None] = lambda: None) -> Measures:
    return Measures(
        sessions=found.sessions,
        store=found.store,
        clock=found.clock,
        cipher=found.cipher,
        rules=found.settings.measures,
        staff=found.settings.staff,
        protected=protecting.never_blocked(found.settings),
        changed=changed,
    )
