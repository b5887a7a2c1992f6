"""Which signatures are known here: by the identifier in a certificate, and by the name that a carrier says.

What is not in the table is refused, so SHA-1 and MD5 need no rule of their own.
"""

from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.asn1 import Null
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ObjectIdentifier

from idp.business.licences.der import AlgorithmIdentifier, HashIdentifier, MaskIdentifier, PssParameters
from idp.business.licences.refusals import LicenceRefused, Rule


class Family(StrEnum):
    """What a key must be to have made such a signature."""

    RSA = "rsa"
    ECDSA = "ecdsa"
    SM2 = "sm2"


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One way to sign. `hash` is None where the way has but one (SM2 with SM3)."""

    name: str
    family: Family
    hash: hashes.HashAlgorithm | None
    is_pss: bool = False


RSA_SHA256 = Algorithm("rsa-pkcs1-sha256", Family.RSA, hashes.SHA256())
PSS_SHA256 = Algorithm("rsa-pss-sha256", Family.RSA, hashes.SHA256(), is_pss=True)
ECDSA_SHA256 = Algorithm("ecdsa-sha256", Family.ECDSA, hashes.SHA256())
ECDSA_SHA384 = Algorithm("ecdsa-sha384", Family.ECDSA, hashes.SHA384())
SM2_SM3 = Algorithm("sm2-sm3", Family.SM2, None)

OF_CHALLENGES = {one.name: one for one in (RSA_SHA256, PSS_SHA256, ECDSA_SHA256, ECDSA_SHA384, SM2_SM3)}
"""What a licence may sign a challenge with, by the name that the carrier says."""

PSS = ObjectIdentifier("1.2.840.113549.1.1.10")
MGF1 = ObjectIdentifier("1.2.840.113549.1.1.8")
SHA2 = {  # RFC 5754 section 2
    ObjectIdentifier("2.16.840.1.101.3.4.2.1"): hashes.SHA256(),
    ObjectIdentifier("2.16.840.1.101.3.4.2.2"): hashes.SHA384(),
    ObjectIdentifier("2.16.840.1.101.3.4.2.3"): hashes.SHA512(),
}
IN_CERTIFICATES = {
    # RFC 4055 section 5
    ObjectIdentifier("1.2.840.113549.1.1.11"): RSA_SHA256,
    ObjectIdentifier("1.2.840.113549.1.1.12"): Algorithm("rsa-pkcs1-sha384", Family.RSA, hashes.SHA384()),
    ObjectIdentifier("1.2.840.113549.1.1.13"): Algorithm("rsa-pkcs1-sha512", Family.RSA, hashes.SHA512()),
    # RFC 5758 section 3.2
    ObjectIdentifier("1.2.840.10045.4.3.2"): ECDSA_SHA256,
    ObjectIdentifier("1.2.840.10045.4.3.3"): ECDSA_SHA384,
    # GB/T 33560-2017: SM2 signature with SM3
    ObjectIdentifier("1.2.156.10197.1.501"): SM2_SM3,
}


def read_algorithm(identifier: AlgorithmIdentifier) -> Algorithm:
    """The way in which something was signed. Raises LicenceRefused for all that is not listed."""
    if identifier.algorithm == PSS:
        return _read_pss(identifier)
    found = IN_CERTIFICATES.get(identifier.algorithm)
    if found is None:
        oid = identifier.algorithm.dotted_string
        raise LicenceRefused(Rule.ALGORITHM, f"signatures by {oid} are not accepted")
    has_null = isinstance(identifier.parameters, Null)
    # RSA: NULL (RFC 4055 section 5). ECDSA: nothing (RFC 5758 section 3.2). SM2: both are met.
    expected = {
        Family.RSA: has_null,
        Family.ECDSA: identifier.parameters is None,
        Family.SM2: has_null or identifier.parameters is None,
    }
    if not expected[found.family]:
        raise LicenceRefused(Rule.ALGORITHM, f"{found.name} has parameters that it cannot have")
    return found


def _read_pss(identifier: AlgorithmIdentifier) -> Algorithm:
    """One hash for message and mask, and a salt as long as the hash: what RFC 4055 section 3.1 recommends."""
    given = identifier.parameters
    if not isinstance(given, PssParameters):
        raise LicenceRefused(Rule.ALGORITHM, "RSASSA-PSS without its parameters means SHA-1")
    chosen = SHA2.get(given.hash.algorithm)
    alike = given.mask.algorithm == MGF1 and given.mask.parameters.algorithm == given.hash.algorithm
    if chosen is None or not alike or given.salt_length != chosen.digest_size:
        raise LicenceRefused(Rule.ALGORITHM, "RSASSA-PSS with hashes or a salt that are not accepted")
    return Algorithm(f"rsa-pss-{chosen.name}", Family.RSA, chosen, is_pss=True)


def identifier_of(algorithm: Algorithm) -> AlgorithmIdentifier:
    """The inverse, for what the sandbox signs."""
    if algorithm.is_pss and algorithm.hash is not None:
        oid = next(oid for oid, one in SHA2.items() if one.name == algorithm.hash.name)
        chosen = HashIdentifier(algorithm=oid, parameters=Null())
        mask = MaskIdentifier(algorithm=MGF1, parameters=chosen)
        given = PssParameters(hash=chosen, mask=mask, salt_length=algorithm.hash.digest_size)
        return AlgorithmIdentifier(algorithm=PSS, parameters=given)
    oid = next(oid for oid, one in IN_CERTIFICATES.items() if one == algorithm)
    return AlgorithmIdentifier(algorithm=oid, parameters=Null() if algorithm.family is Family.RSA else None)
