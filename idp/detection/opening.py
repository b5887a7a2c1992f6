"""Detection as the settings want it. What is wrong in them, or in a rule, stops the start."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session, sessionmaker

from idp.detection import places, rules
from idp.detection.addresses import Addresses
from idp.detection.delivery import SYSLOG, TIMEOUT_SECONDS, WEBHOOK, Notices, Telling
from idp.detection.engine import Engine
from idp.detection.findings import Severity
from idp.detection.rounds import Detection
from idp.detection.rules import Rule
from idp.detection.watching import Surroundings
from idp.outbound import Answer, Outbound
from idp.outbound.syslog import Sender, client_context
from idp.settings import Settings, SettingsWrong, read_token
from idp.storage.ephemeral import Clock, EphemeralStore

KEY_BYTES = 24
"""The least that the Standard Webhooks specification takes."""
APP_NAME = "yitong"


@dataclass(frozen=True)
class Described:
    """What the operator's files say."""

    rules: tuple[Rule, ...]
    surroundings: Surroundings

    def engine(self) -> Engine:
        return Engine(self.rules, self.surroundings)


def describe(settings: Settings) -> Described:
    """Raises SettingsWrong."""
    found = settings.detection
    directory, file = found.rules_directory, found.places_file
    return Described(
        rules.load(None if directory is None else settings.path(directory)),
        Surroundings(
            addresses=Addresses(tuple(ip_network(one) for one in found.gateways)),
            shared_devices=frozenset(found.shared_devices),
            places=None if file is None else places.read(settings.path(file)),
            keys_at_most=found.subjects_remembered,
        ),
    )


def check(settings: Settings) -> None:
    """Whether the worker would begin with this. Raises SettingsWrong."""
    describe(settings)
    if settings.detection.webhook_url:
        _key(settings.detection.webhook_key_file)
    if settings.detection.syslog_url:
        _context(settings)


def open_detection(
    settings: Settings,
    described: Described,
    database: Database,
    store: EphemeralStore,
    clock: Clock,
    stopping: Callable[[], bool],
) -> Detection:
    return Detection(database, store, clock, described.engine, open_telling(settings), stopping)


def open_telling(settings: Settings) -> Telling:
    """For whoever takes findings that no rule makes, too."""
    ways = (
        *((WEBHOOK,) if settings.detection.webhook_url else ()),
        *((SYSLOG,) if settings.detection.syslog_url else ()),
    )
    return Telling(ways, Severity(settings.detection.told_from))


def open_notices(
    settings: Settings,
    described: Described,
    sessions: sessionmaker[Session],
    outbound: Outbound,
    clock: Clock,
) -> Notices:
    """Raises SettingsWrong."""
    found = settings.detection
    webhook = None
    if found.webhook_url:
        post = partial(_post, outbound)
        webhook = (found.webhook_url, _key(found.webhook_key_file), post)
    return Notices(
        sessions=sessions,
        clock=clock,
        issuer=settings.issuer,
        rules={rule.name: rule for rule in described.rules},
        webhook=webhook,
        syslog=_sender(settings, outbound).send if found.syslog_url else None,
    )


def _post(outbound: Outbound, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    return outbound.post(url, body, headers=headers, timeout_seconds=TIMEOUT_SECONDS)


def _key(file: Path | None) -> bytes:
    text = read_token("detection.webhook_key_file", file)
    if text is None or len(text) < KEY_BYTES:
        raise SettingsWrong(f"detection.webhook_key_file: needs a file with {KEY_BYTES} characters or more")
    return text.encode("ascii")


def _sender(settings: Settings, outbound: Outbound) -> Sender:
    host = urlsplit(settings.issuer).hostname or ""
    url, context = settings.detection.syslog_url, _context(settings)
    return Sender(outbound, url, context, host, APP_NAME, TIMEOUT_SECONDS)


def _context(settings: Settings) -> ssl.SSLContext:
    found = settings.detection
    ca, certificate, key = (
        None if file is None else str(settings.path(file))
        for file in (found.syslog_ca_file, found.syslog_certificate_file, found.syslog_key_file)
    )
    try:
        return client_context(ca, certificate, key)
    except OSError as problem:
        raise SettingsWrong(f"detection.syslog: {type(problem).__name__} in its certificate files") from None
