"""All settings together, and what production refuses."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from idp.settings.audit import Audit
from idp.settings.cases import Cases
from idp.settings.client_limits import ClientLimits
from idp.settings.client_secrets import ClientSecretLimits
from idp.settings.detection import Detection
from idp.settings.developer import Developer
from idp.settings.documentation import Documentation
from idp.settings.licence_app import LicenceApp
from idp.settings.mandates import Mandates
from idp.settings.measures import Measures
from idp.settings.sections import (
    Backchannel,
    BusinessRegister,
    Database,
    Device,
    Ephemeral,
    Licences,
    Limits,
    Liveness,
    Mail,
    Messages,
    Outbound,
    Protocol,
    Register,
    Secrets,
    Section,
    Server,
)
from idp.settings.security import Security
from idp.settings.staff import Staff

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder."""


class Settings(Section):
    mode: Literal["development", "production"]
    issuer: str
    sandbox: bool
    data_directory: Path
    default_locale: Literal["zh-CN", "zh-Hant", "en"]
    database: Database
    ephemeral: Ephemeral
    secrets: Secrets
    server: Server
    protocol: Protocol
    device: Device
    backchannel: Backchannel
    limits: Limits
    client_limits: ClientLimits
    client_secrets: ClientSecretLimits
    liveness: Liveness
    register_: Register = Field(alias="register")
    business_register: BusinessRegister
    messages: Messages
    mail: Mail
    outbound: Outbound
    licences: Licences
    mandates: Mandates
    licence_app: LicenceApp
    staff: Staff
    security: Security
    audit: Audit
    detection: Detection
    measures: Measures
    cases: Cases
    developer: Developer
    documentation: Documentation

    @model_validator(mode="after")
    def issuer_is_an_origin(self) -> "Settings":
        # OpenID Connect Discovery 1.0 section 3: no query, no fragment. A path is not needed here.
        parts = urlsplit(self.issuer)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            raise ValueError("issuer: must be scheme://host[:port], with nothing after it")
        return self

    @model_validator(mode="after")
    def production_is_safe(self) -> "Settings":
        if self.mode == "production":
            problems = tuple(text for text, is_wrong in PRODUCTION_REFUSES if is_wrong(self))
            if problems:
                raise ValueError("; ".join(problems))
        return self

    def path(self, value: Path) -> Path:
        """A relative path of the settings lies in the project's folder, wherever the program was started."""
        return value if value.is_absolute() else ROOT / value

    def database_url(self, url: str) -> str:
        """SQLite files, too, lie in the project's folder unless their path is absolute."""
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return prefix + str(ROOT / url.removeprefix(prefix))
        return url

    @property
    def secure(self) -> bool:
        return self.issuer.startswith("https:")


PRODUCTION_REFUSES = (
    ("issuer: production needs https", lambda s: not s.secure),
    ("sandbox: production needs it off", lambda s: s.sandbox),
    (
        "ephemeral.url: production needs a store that processes share",
        lambda s: s.ephemeral.url.startswith(("memory:", "sqlite:")),
    ),
    ("database.url: production needs PostgreSQL", lambda s: s.database.url.startswith("sqlite:")),
    (
        "protocol: the addresses of your pages need https in production",
        lambda s: any(
            address.startswith("http:")
            for address in (s.protocol.service_documentation, s.protocol.op_policy_uri, s.protocol.op_tos_uri)
        ),
    ),
    ("messages.adapter: production needs a real one", lambda s: s.messages.adapter == "sandbox"),
    (
        "mail.adapter: production needs smtp, or off",
        lambda s: s.mail.adapter == "sandbox",
    ),
)
