"""Places outside that are told of the audit log: anchors keep its heads, sinks get its events."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from idp.settings.sections import Section

PlaceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
WebAddress = Annotated[str, Field(pattern=r"^https?://[!-~]{1,500}$")]
TimeoutSeconds = Annotated[float, Field(gt=0, le=60)]
LogFormat = Literal["jsonl", "ocsf", "cef"]


class Syslog(Section):
    """RFC 5424 over TLS (RFC 5425)."""

    kind: Literal["syslog"]
    url: Annotated[str, Field(pattern=r"^syslog\+tls://[!-~]{1,300}$")]
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    timeout_seconds: TimeoutSeconds = 10

    @model_validator(mode="after")
    def key_goes_with_certificate(self) -> "Syslog":
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("certificate_file and key_file go together")
        return self


class ObjectLock(Section):
    """A bucket with S3's interface and object lock, wherever it is."""

    kind: Literal["s3"]
    endpoint: WebAddress
    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    prefix: Annotated[str, Field(pattern=r"^([A-Za-z0-9_.-]+/)*$", max_length=200)] = ""
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "us-east-1"
    access_key_id: Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]
    secret_access_key_file: Path
    retain_days: Annotated[int, Field(ge=180, le=36525)] = 3650
    timeout_seconds: TimeoutSeconds = 10


Anchor = Annotated[Syslog | ObjectLock, Field(discriminator="kind")]


class Sink(Section):
    """What all have that get events."""

    format: LogFormat = "ocsf"
    events_at_once: Annotated[int, Field(ge=1, le=5000)] = 500
    """The most that are held in memory, and sent together."""
    history: bool = False
    longest_wait_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """Between two tries, once many have failed."""


class SyslogSink(Syslog, Sink):
    pass


class KafkaSink(Sink):
    """The HTTP interface that REST proxies of Kafka share (Confluent's, version 2)."""

    kind: Literal["kafka"]
    url: WebAddress
    topic: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
    format: Literal["jsonl", "ocsf"] = "ocsf"
    token_file: Path | None = None
    timeout_seconds: TimeoutSeconds = 10


class HttpSink(Sink):
    """Lines by POST."""

    kind: Literal["http"]
    url: WebAddress
    token_file: Path | None = None
    timeout_seconds: TimeoutSeconds = 10


AnySink = Annotated[SyslogSink | KafkaSink | HttpSink, Field(discriminator="kind")]
