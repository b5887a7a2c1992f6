"""What a licence has proved, between the telephone that showed it and the page that takes it: sealed."""

import json
from datetime import date, datetime

from idp.crypto.digests import base64url, from_base64url
from idp.crypto.fields import FieldCipher
from idp.login.factors.certificate import Carrier, LicenceProof
from idp.people import documents


def seal(cipher: FieldCipher, proof: LicenceProof, link_id: str) -> str:
    """For this link alone: it holds the holder's number."""
    value = {
        "number": proof.holder.number.value,
        "holder_name": proof.holder_name,
        "organisation_id": proof.organisation_id,
        "level": proof.level,
        "key": proof.key,
        "fingerprint": proof.fingerprint,
        "at": proof.at.isoformat(),
        "nearness": proof.nearness,
    }
    return base64url(cipher.seal(json.dumps(value), context=_context(link_id)))


def unseal(cipher: FieldCipher, sealed: str, link_id: str, today: date) -> LicenceProof:
    value = json.loads(cipher.open_text(from_base64url(sealed), context=_context(link_id)))
    holder = documents.identify(value.pop("number"), today)
    at = datetime.fromisoformat(value.pop("at"))
    return LicenceProof(holder=holder, carrier=Carrier.APP, at=at, **value)


def _context(link_id: str) -> str:
    return f"licence-app.proof:{link_id}"
