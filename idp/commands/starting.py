"""With what configuration a process of the provider began: written before it does anything."""

import json
from importlib.metadata import version
from typing import Literal

from idp.audit import AuditContext
from idp.audit.events.starting import ProcessStarted
from idp.audit.fields import MOST_ITEMS
from idp.crypto.digests import keyed
from idp.extensions import Services
from idp.settings import Settings
from idp.settings.differences import changed

KEY_USE = "digest of settings"


def write_start(found: Services, program: Literal["server", "worker"]) -> None:
    """Raises AuditUnavailable: who cannot write that it began does not begin, and is started again."""
    names = changed(found.settings)
    parts = [names[begin : begin + MOST_ITEMS] for begin in range(0, len(names), MOST_ITEMS)] or [[]]
    digest = fingerprint(found.settings, found.master_keys.derived(KEY_USE))
    for number, part in enumerate(parts, 1):
        event = ProcessStarted(
            program=program,
            release=version("yitong"),
            digest=digest,
            changed=tuple(part),
            part=number,
            parts=len(parts),
        )
        found.audit.append(event, AuditContext(found.clock(), actor=program))


def fingerprint(settings: Settings, key: bytes) -> str:
    """HMAC-SHA-256 of all values: some of them are secrets, which a plain digest would let be tried."""
    values = settings.model_dump(mode="json", by_alias=True)
    return keyed(key, json.dumps(values, sort_keys=True))
