"""Electronic licences of the sandbox's organisations, at a provider whose lists need no server."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from idp.business import credit_code
from idp.business.keeping import KeepingRegister
from idp.business.licences.algorithms import OF_CHALLENGES
from idp.business.licences.checking import Presented, Proof
from idp.business.licences.opening import licences_at_hand
from idp.business.licences.sandbox.authority import Authority, authority_of, make_authority
from idp.business.licences.sandbox.keys import from_pem
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.registry import LegalRepresentative, RegisteredOrganisation, RegisterUnavailable
from idp.crypto.digests import from_base64url
from idp.login.factors.certificate import LicenceChecks
from idp.login.licences.holding import may_hold
from idp.login.services import KEY
from idp.outbound import Answer, Unreachable
from idp.people import documents
from tests.idp.login.visitor import ISSUER, PERSON, Site, Someone, Visitor

CODE = "91000000YT00000112"
OTHER_CODE = "91000000YT000002XR"
COMPANY = "样本科技有限公司"


@dataclass
class Lists:
    """Stands in for `Outbound`: the sandbox's own lists, or nothing while `is_down`."""

    folder: Path
    site: Site
    is_down: bool = False
    asked: list[str] = field(default_factory=list)

    def get(self, url: str) -> Answer:
        self.asked.append(url)
        if self.is_down:
            raise Unreachable("down")
        kind, _, which = url.removesuffix(".crl").rpartition("/licences/")[2].partition("/")
        authority = authority_of(self.folder, kind, ISSUER)
        assert authority is not None
        return Answer(200, {}, authority.revocation_list(which, self.site.clock()))  # type: ignore[arg-type]


@dataclass
class ChangingRegister:
    """The business register, as a test has it say."""

    says: dict[str, RegisteredOrganisation] = field(default_factory=dict)
    is_down: bool = False

    def look_up(self, code: str) -> RegisteredOrganisation | None:
        if self.is_down:
            raise RegisterUnavailable("down")
        return self.says.get(code)

    def tell(
        self,
        code: str = CODE,
        *,
        by: Someone | None = PERSON,
        status: OrganisationStatus = OrganisationStatus.ACTIVE,
    ) -> None:
        who = None if by is None else LegalRepresentative(by.name, by.number)
        self.says[code] = RegisteredOrganisation(code, COMPANY, OrganisationType.ENTERPRISE, status, who)


@dataclass(frozen=True)
class Licence:
    """What a business holds."""

    certificate: bytes
    chain: bytes
    key: str
    serial_number: int

    def sign(self, text: bytes, algorithm: str | None = None) -> bytes:
        return from_pem(self.key).sign(text, OF_CHALLENGES[algorithm] if algorithm else None)

    def presented(self, text: bytes, algorithm: str | None = None) -> Presented:
        return Presented(self.certificate, self.chain, Proof(text, self.sign(text, algorithm), algorithm))


class Licensing:
    """Issues licences that the site takes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        found = site.services
        self.folder = found.settings.path(found.settings.data_directory)
        self.lists = Lists(self.folder, site)
        self.register = ChangingRegister()
        self.register.tell()
        kept = KeepingRegister(self.register, found.sessions, found.organisations, found.clock)
        checks = LicenceChecks(
            licences_at_hand(
                found.settings,
                found.store,
                kept,
                may_hold=partial(may_hold, found),
                open_outbound=lambda _limits: self.lists,  # type: ignore[arg-type,return-value]
            ),
            found.sessions,
            at_once=2,
        )
        site.app.extensions[KEY] = dataclasses.replace(site.app.extensions[KEY], licences=checks)
        self.checks = checks

    def authority(self, kind: str = "ecdsa") -> Authority:
        return make_authority(self.folder, kind, ISSUER, self.site.clock())

    def issue(
        self,
        kind: str = "ecdsa",
        *,
        code: str = CODE,
        holder: Someone = PERSON,
        hardware: bool = False,
        now: datetime | None = None,
    ) -> Licence:
        at = now or self.site.clock()
        made = self.authority(kind).issue(
            credit_code.parse(code),
            documents.identify(holder.number, at.date()),
            organisation="Sample",
            hardware=hardware,
            now=at,
        )
        return Licence(made.certificate.encode(), made.chain.encode(), made.key, made.serial_number)

    def revoke(self, licence: Licence, kind: str = "ecdsa") -> None:
        self.authority(kind).revoke(licence.serial_number, self.site.clock())

    def sign_in(
        self,
        visitor: Visitor,
        licence: Licence,
        *,
        fields: dict[str, str] | None = None,
        instead: dict[str, bytes] | None = None,
        **changes: bytes,
    ) -> Visitor:
        """By files, on the page where the visitor is; `changes`, `instead`: other contents of a
        file."""
        text = licence_text(visitor)
        files = {
            "certificate": licence.certificate,
            "chain": licence.chain,
            "signature": licence.sign(text),
            **changes,
            **(instead or {}),
        }
        return visitor.send_files("signature-form", files, **(fields or {}))


def licence_text(visitor: Visitor) -> bytes:
    """The challenge that the page shows, as its form sends it back."""
    return from_base64url(visitor.page.forms["signature-form"].fields["challenge"])
