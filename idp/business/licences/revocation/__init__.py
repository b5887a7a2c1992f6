"""Whether an authority has taken a certificate back: by its list (CRL) or by asking it (OCSP)."""

from idp.business.licences.revocation.findings import Finding, Status
from idp.business.licences.revocation.sources import Revocation

__all__ = ["Finding", "Revocation", "Status"]
