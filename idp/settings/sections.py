"""The sections of the settings: each key, its type, its unit, its bounds.

What each is for says `config/default.toml`.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=1)]
PageAddress = Annotated[str, Field(pattern=r"^(https?://[!-~]{1,500})?$")]
"""Of a page that people are led to; empty: there is none."""
TextVersion = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$", max_length=24)]
Gate = Literal["frames", "one_face", "planarity", "same_face", "antispoof", "quality", "flash", "match"]
"""As in `liveness.thresholds`, which a test holds it to: settings are read without the engine."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(Section):
    url: str


class Ephemeral(Section):
    url: str


class Secrets(Section):
    provider: Literal["environment", "file"]
    file: Path


class Server(Section):
    host: str
    port: int = Field(ge=1, le=65535)
    workers: Count
    threads: Count
    unix_socket: str
    trusted_proxies: tuple[str, ...]
    metrics_token_file: Path | None = None


class AssertionIssuer(Section):
    """Who may say that a client may act for a person (RFC 7523 section 2.1)."""

    issuer: Annotated[str, Field(min_length=1, max_length=255)]
    jwks_uri: Annotated[str, Field(pattern=r"^https?://[!-~]{1,500}$")]
    clients: Annotated[tuple[str, ...], Field(min_length=1)]
    scope: str


class Protocol(Section):
    authorization_code_seconds: Annotated[int, Field(ge=10, le=600)]
    request_uri_seconds: Annotated[int, Field(ge=5, le=600)]
    interaction_seconds: Seconds
    access_token_seconds: Annotated[int, Field(ge=60, le=600)]
    id_token_seconds: Seconds
    refresh_token_idle_days: Count
    session_absolute_seconds: Seconds
    session_idle_seconds: Seconds
    presence_seconds: Seconds
    consent_days: Count
    signing_key_published_before_seconds: Seconds
    signing_key_kept_after_seconds: Seconds
    signing_key_active_days: Count
    receipt_key_kept_days: Count
    registration: Literal["off", "initial_access_token", "open"]
    registration_requires_pkce: bool
    registration_unused_days: Count
    software_statement_issuers: dict[str, str]
    assertion_issuers: dict[Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,31}$")], AssertionIssuer]
    assertion_seconds_at_most: Annotated[int, Field(ge=30, le=3600)]
    session_management: bool
    service_documentation: PageAddress
    op_policy_uri: PageAddress
    op_tos_uri: PageAddress
    mtls_origin: Annotated[str, Field(pattern=r"^(https://[a-z0-9.-]+(:[0-9]{1,5})?)?$")]
    trust_framework: Annotated[str, Field(pattern=r"^[A-Za-z0-9:/._-]{1,100}$")]
    authorization_details_directory: Path | None = None


class Backchannel(Section):
    request_seconds: Annotated[int, Field(ge=30, le=86400)]
    longest_request_seconds: Annotated[int, Field(ge=30, le=86400)]
    interval_seconds: Annotated[int, Field(ge=1, le=60)]
    requests_per_client_and_person_per_hour: Count
    requests_per_person_per_hour: Count
    texts_per_person_per_day: Count
    muted_days: Count


class Device(Section):
    code_seconds: Annotated[int, Field(ge=60, le=1800)]
    interval_seconds: Annotated[int, Field(ge=1, le=60)]
    requests_per_address_per_hour: Count


class Limits(Section):
    """Growing delays: the first `free` failures cost nothing, then the wait doubles up to the longest."""

    account_free_failures: Count
    address_free_failures: Count
    device_free_failures: Count
    overall_failures_per_minute: Count
    longest_wait_seconds: Seconds
    sms_per_phone_per_day: Count
    sms_per_address_per_hour: Count
    mails_per_address_per_day: Count
    enrolment_tries_per_day: Count
    password_checks_at_once: Count
    licence_checks_at_once: Count
    registrations_per_address_per_hour: Count
    request_uri_fetches_per_client_per_minute: Count


class Liveness(Section):
    models_directory: Path
    packs: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")], ...]
    override_manifest: Path | None = None
    match_network: str | None = None
    match_far: Annotated[float, Field(gt=0, lt=1)]
    session_seconds: Seconds
    actions: Annotated[int, Field(ge=1, le=5)]
    action_window_ms: Annotated[int, Field(ge=2000, le=20000)]
    frames_at_most: Count
    frame_bytes_at_most: Count
    checks_at_once: Count
    film: bool
    flash: Literal["off", "signal", "gate"]
    tries_per_person_per_hour: Count
    consent_text_version: str
    keep_templates: bool
    template_days: Annotated[int, Field(ge=1, le=1825)]
    template_consent_text_version: TextVersion
    keep_evidence_days: Annotated[int, Field(ge=0, le=180)]
    evidence_consent_text_version: TextVersion
    thresholds: dict[Gate, Annotated[float, Field(ge=0, le=1)]]


class HttpService(Section):
    """A service of the operator's that is asked over HTTP."""

    url: str
    token_file: Path | None = None
    timeout_seconds: float = Field(gt=0, le=30)
    failures_before_open: Count
    open_seconds: Seconds


class Register(HttpService):
    adapter: Literal["embedded", "http"]


class BusinessRegister(HttpService):
    adapter: Literal["embedded", "http"]
    recheck_seconds: Annotated[int, Field(ge=60, le=604800)]
    rechecks_per_minute: Annotated[int, Field(ge=1, le=10000)]
    trusted_seconds: Annotated[int, Field(ge=60, le=2592000)]


class Messages(Section):
    adapter: Literal["sandbox", "http"]
    url: str
    token_file: Path | None = None
    sms_code_seconds: Seconds
    activation_code_days: Count


class Mail(Section):
    adapter: Literal["off", "sandbox", "smtp"]
    code_seconds: Seconds
    sender: Annotated[str, Field(pattern=r"^([!-~]{1,64}@[A-Za-z0-9.-]{1,189})?$")]
    host: str
    port: int = Field(ge=1, le=65535)
    security: Literal["tls", "starttls"]
    username: str
    password_file: Path | None = None


ObjectIdentifierText = Annotated[str, Field(pattern=r"^[0-2](\.(0|[1-9][0-9]{0,38})){1,20}$")]
CertificatePlace = Annotated[str, Field(pattern=r"^(extension|subject):[0-2](\.(0|[1-9][0-9]{0,38})){1,20}$")]
"""Where a certificate says something: an extension, or an attribute of its subject's name."""


class Licences(Section):
    roots_directory: Path
    roots: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$")], ...]
    authorities: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$")], ...]
    purposes: tuple[ObjectIdentifierText, ...]
    hardware_policies: tuple[ObjectIdentifierText, ...]
    code_from: Annotated[tuple[CertificatePlace, ...], Field(min_length=1)]
    holder_from: Annotated[tuple[CertificatePlace, ...], Field(min_length=1)]
    challenge_seconds: Annotated[int, Field(ge=30, le=900)]
    signing_agent_port: Annotated[int, Field(ge=0, le=65535)]
    usb_key_origin: Annotated[str, Field(pattern=r"^(https://[a-z0-9.-]+(:[0-9]{1,5})?)?$")]
    revocation_allow: tuple[str, ...]
    revocation_timeout_seconds: float = Field(gt=0, le=30)
    revocation_seconds: Annotated[int, Field(ge=1, le=86400)]
    when_revocation_is_unknown: Literal["refuse", "accept_lower"]


class Outbound(Section):
    allow: tuple[str, ...]
    clients_allow: tuple[str, ...]
    timeout_seconds: float = Field(gt=0, le=30)
    bytes_at_most: Count
