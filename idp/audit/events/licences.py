"""Signing in with an electronic business licence."""

from collections.abc import Mapping
from typing import ClassVar

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class LicenceAccepted(Event):
    """An electronic licence proved for which organisation, and as whom, somebody signs in."""

    person_id: PersonId
    organisation_id: Identifier
    client_id: Identifier | None
    carrier: Code
    """How it came: app, signature, agent or usb_key."""
    level: int
    key: Code
    """The kind: rsa-2048, ecdsa-p256, sm2."""
    licence: Identifier
    """SHA-256 of the certificate, hexadecimal."""
    nearness: Code | None = None
    """Of a licence on a telephone, whether that called from the page's network: same, other or unknown."""
    added_fields: ClassVar[Mapping[str, int]] = {"nearness": 2}


@event
class LicenceRefused(Event):
    """A licence let nobody in, by one of the rules; or after all of them held: `holder_...` says what is
    wrong with the person, `level` that it reaches less than is asked."""

    rule: Code
    carrier: Code
    client_id: Identifier | None = None
    licence: Identifier | None = None
    """As in LicenceAccepted; None of what is no certificate."""
    person_id: PersonId | None = None
    issuer: Identifier | None = None
    """A digest of the authority's name, as the certificate gives it; None after all rules held."""
    added_fields: ClassVar[Mapping[str, int]] = {"issuer": 2}
