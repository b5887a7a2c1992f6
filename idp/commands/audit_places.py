"""Places outside that are told of the audit log, made of the settings that name them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from idp.audit.export.product import VENDOR
from idp.audit.tree.anchors import FileAnchor, Give, HttpAnchor, SyslogAnchor
from idp.audit.tree.object_lock import ObjectLockAnchor
from idp.extensions import Services
from idp.outbound.signature_v4 import Credentials
from idp.outbound.syslog import Sender, client_context
from idp.settings import Settings, SettingsWrong, read_token
from idp.settings.places import ObjectLock, Syslog


def open_anchors(found: Services) -> Iterator[tuple[str, Give]]:
    """By their names. Raises SettingsWrong."""
    settings = found.settings.audit
    yield "file", FileAnchor(found.settings.path(settings.anchor_directory), found.clock)
    if settings.anchor_url:
        headers = {
            "content-type": "application/x-ndjson",
            **bearer("audit.anchor_token_file", settings.anchor_token_file),
        }

        def post(lines: bytes) -> int:
            return found.outbound.post(settings.anchor_url, lines, headers=headers).status

        yield "http", HttpAnchor(post)
    for name, place in settings.anchor_places.items():
        key = f"audit.anchor_places.{name}"
        if isinstance(place, ObjectLock):
            yield name, _object_lock(found, key, place)
        else:
            yield name, SyslogAnchor(syslog_sender(found, key, place), found.clock)


def syslog_sender(found: Services, key: str, place: Syslog) -> Sender:
    """`key`: of the settings, for what is wrong with them. Raises SettingsWrong."""
    settings = found.settings
    try:
        context = client_context(
            *(_file(settings, one) for one in (place.ca_file, place.certificate_file, place.key_file))
        )
    except OSError as problem:
        raise SettingsWrong(f"{key}: its files cannot be read ({type(problem).__name__})") from None
    host = urlsplit(settings.issuer).hostname or ""
    return Sender(found.outbound, place.url, context, host, VENDOR.lower(), place.timeout_seconds)


def bearer(key: str, file: Path | None) -> dict[str, str]:
    """Raises SettingsWrong."""
    token = read_token(key, file)
    return {} if token is None else {"authorization": f"Bearer {token}"}


def _object_lock(found: Services, key: str, place: ObjectLock) -> ObjectLockAnchor:
    secret = read_token(f"{key}.secret_access_key_file", place.secret_access_key_file)
    if not secret:
        raise SettingsWrong(f"{key}.secret_access_key_file: it is empty")
    return ObjectLockAnchor(
        ask=lambda method, address, headers, body: found.outbound.request(
            method, address, body=body, headers=headers, timeout_seconds=place.timeout_seconds
        ),
        endpoint=place.endpoint,
        bucket=place.bucket,
        prefix=place.prefix,
        credentials=Credentials(place.access_key_id, secret, place.region),
        retained=timedelta(days=place.retain_days),
        clock=found.clock,
    )


def _file(settings: Settings, path: Path | None) -> str | None:
    return None if path is None else str(settings.path(path))
