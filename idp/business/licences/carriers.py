"""How certificates come: PEM (one after another) or DER (one), within bounds.

Signatures come as they are made, in DER or as RSA's bytes; a wrapped signature (CMS) is not taken, as the
libraries that there are either verify no SM2 in it or take more than is safe.
"""

import base64
import binascii
import re
from typing import Final

from idp.business.licences.certificates import Certificate, read_certificate
from idp.business.licences.path import OTHERS_AT_MOST
from idp.business.licences.refusals import LicenceRefused, Rule

BYTES_AT_MOST: Final = 131072
SIGNATURE_BYTES_AT_MOST: Final = 1024
# RFC 7468 section 5.1; text between certificates explains them, and is left alone.
_PEM: Final = re.compile(
    rb"-----BEGIN CERTIFICATE-----[ \t]*\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----"
)


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """All certificates of a file, at least one. Raises LicenceRefused."""
    if len(data) > BYTES_AT_MOST:
        raise LicenceRefused(Rule.READABLE, f"more than {BYTES_AT_MOST} bytes of certificates")
    if not data.lstrip().startswith(b"-----"):
        return (read_certificate(data),)
    bodies = _PEM.findall(data)
    if not bodies or len(bodies) != data.count(b"-----BEGIN "):
        raise LicenceRefused(Rule.READABLE, "the file holds no certificate, or something else as well")
    if len(bodies) > 1 + OTHERS_AT_MOST:
        raise LicenceRefused(Rule.PATH, f"more than {1 + OTHERS_AT_MOST} certificates in a file")
    return tuple(read_certificate(_decoded(body)) for body in bodies)


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(re.sub(rb"\s", b"", body), validate=True)
    except binascii.Error:
        raise LicenceRefused(Rule.READABLE, "a certificate in PEM is not base64") from None
