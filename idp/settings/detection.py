"""The settings of detection: which rules look at the log, what they know of the world, and who is told."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from idp.settings.sections import PageAddress, Section


def _is_network(text: str) -> str:
    return str(ip_network(text))


Network = Annotated[str, AfterValidator(_is_network)]
DeviceDigest = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
SyslogAddress = Annotated[str, Field(pattern=r"^(syslog\+tls://[!-~]{1,500})?$")]


class Detection(Section):
    rules_directory: Path | None = None
    gateways: tuple[Network, ...]
    shared_devices: tuple[DeviceDigest, ...]
    places_file: Path | None = None
    subjects_remembered: Annotated[int, Field(ge=100, le=1_000_000)]
    # Longer than the longest window and cool-down of a rule, so that no alert is raised twice.
    alerts_kept_days: Annotated[int, Field(ge=62, le=3650)]
    told_from: Literal["low", "medium", "high", "critical"]
    webhook_url: PageAddress
    webhook_key_file: Path | None = None
    syslog_url: SyslogAddress
    syslog_ca_file: Path | None = None
    syslog_certificate_file: Path | None = None
    syslog_key_file: Path | None = None
