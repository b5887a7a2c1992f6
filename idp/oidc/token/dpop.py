"""Proofs of possession (RFC 9449): a request shows by a signature that it comes from who holds a key.

Each proof is for one method, one address and one moment, and is taken once. A nonce of ours, where a
client has to use one, shows besides that the proof was not made beforehand (section 11.2); it follows
from the time, so nothing is kept of it.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature

from idp.crypto.digests import base64url, digest, from_base64url, keyed, same
from idp.oidc.clients.credentials.assertions import whole
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidDpopProof, UseDpopNonce
from idp.oidc.facts import Differs, Misshapen, NotAllowed, Skewed
from idp.oidc.http import Request
from idp.oidc.inspection.redaction import address, words
from idp.oidc.jose import jws
from idp.oidc.jose.jws import TokenRefused
from idp.oidc.jose.strict_json import strict_object
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.provider import Provider
from idp.oidc.token import htu
from idp.oidc.token.proof_keys import proof_key

TYPE = "dpop+jwt"
NONCE_HEADER = "DPoP-Nonce"
SECONDS = 300
"""A proof is taken for so long after its `iat` (section 11.1): clocks of telephones go wrong."""
CLOCK_SKEW_SECONDS = 30
"""And so long before: at least 10 and at most 60 by FAPI 2.0 Security Profile section 5.3.2.1."""
NONCE_SECONDS = 60
"""Then there is a new nonce; the one before is taken for as long again."""
JTI_CHARACTERS_AT_MOST = 256


def proven(
    provider: Provider,
    request: Request,
    client: Client,
    path: str,
    now: datetime,
    *,
    access_token: str | None = None,
) -> str | None:
    """The thumbprint of the key that signed the request's proof; None without a proof.

    `path`: of our endpoint. `access_token`: the one that comes with it, at a resource.
    Raises InvalidDpopProof, UseDpopNonce.
    """
    proof = request.headers.get("dpop")
    if proof is None:
        return None
    try:
        thumbprint, claims = _verified(proof, client)
        _check(claims, request.method, _addresses(provider, path), now)
        if access_token is not None:
            _check_token(claims, access_token)
    except TokenRefused as refused:
        raise InvalidDpopProof(
            "The DPoP proof is not valid.", detail=str(refused), fact=refused.fact
        ) from None
    _check_nonce(provider, client, claims, now)
    _use_up(provider, thumbprint, claims, now)
    return thumbprint


def nonce(provider: Provider, now: datetime) -> str:
    """Section 8: unpredictable, and the same for everybody for a minute."""
    return _nonce(provider, int(now.timestamp()) // NONCE_SECONDS)


def needs_nonce(client: Client) -> bool:
    return client.metadata.dpop_nonce_required or client.metadata.rules.dpop_nonces


def nonce_for(provider: Provider, client: Client, now: datetime) -> tuple[tuple[str, str], ...]:
    """Section 8.2: the next nonce goes with each answer to a client that has to use one."""
    return ((NONCE_HEADER, nonce(provider, now)),) if needs_nonce(client) else ()


def _verified(proof: str, client: Client) -> tuple[str, dict[str, Any]]:
    """Thumbprint and claims (section 4.3, in its order). Raises TokenRefused."""
    # (1) One header: two come joined by a comma, which is in no JWT. (2) A well-formed JWT.
    header = jws.header_of(proof)
    if str(header.get("typ")).lower() != TYPE:
        raise TokenRefused("typ is not dpop+jwt")
    algorithm = header.get("alg")
    # (5) Asymmetric, not none, and of the profile.
    allowed = client.metadata.rules.algorithms
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS or algorithm not in allowed:
        given = (str(algorithm)[:20],)
        raise TokenRefused(
            "alg is not one that is supported", NotAllowed("alg", given, tuple(sorted(allowed)))
        )
    key = proof_key(header.get("jwk"), algorithm)
    signed, _, signature = proof.rpartition(".")
    try:
        ALGORITHMS[algorithm].verify(key.public, from_base64url(signature), signed.encode("ascii"))
        claims = strict_object(from_base64url(signed.partition(".")[2]))
    except (InvalidSignature, ValueError):
        raise TokenRefused("the signature does not hold") from None
    return key.thumbprint, claims


def _addresses(provider: Provider, path: str) -> tuple[str, ...]:
    """Of one endpoint: with certificates, a client knows it by another host."""
    alias = provider.protocol.mtls_origin
    return (provider.issuer + path, alias + path) if alias else (provider.issuer + path,)


def _check(claims: Mapping[str, Any], method: str, addresses: tuple[str, ...], now: datetime) -> None:
    # (3) and (8) to (11)
    if claims.get("htm") != method:
        raise TokenRefused("htm is not the method", Differs("htm", words(str(claims.get("htm"))), (method,)))
    named = claims.get("htu")
    if not isinstance(named, str) or not any(htu.names(named, address) for address in addresses):
        given = address(named) if isinstance(named, str) else ""
        raise TokenRefused("htu is not this address", Differs("htu", given, addresses))
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= JTI_CHARACTERS_AT_MOST:
        raise TokenRefused("jti is missing or too long")
    made = claims.get("iat")
    if isinstance(made, bool) or not isinstance(made, int | float):
        raise TokenRefused("iat is missing, or no date")
    if not now.timestamp() - SECONDS <= made <= now.timestamp() + CLOCK_SKEW_SECONDS:
        ahead = whole(made) - whole(now.timestamp())
        skewed = Skewed("iat", ahead, CLOCK_SKEW_SECONDS if ahead > 0 else SECONDS)
        raise TokenRefused("iat is too old, or in the future", skewed)


def _check_token(claims: Mapping[str, Any], access_token: str) -> None:
    # (12) Not for another token that the same key is bound to.
    ath = claims.get("ath")
    expected = base64url(sha256(access_token.encode()).digest())
    if not isinstance(ath, str) or not same(ath, expected):
        raise TokenRefused(
            "ath is not that of the token", Misshapen("ath", "missing" if ath is None else "other")
        )


def _check_nonce(provider: Provider, client: Client, claims: Mapping[str, Any], now: datetime) -> None:
    """Section 8, and 4.3 (10): one that is there must be ours, needed or not. Raises UseDpopNonce."""
    given = claims.get("nonce")
    if given is None and not needs_nonce(client):
        return
    slot = int(now.timestamp()) // NONCE_SECONDS
    ours = (_nonce(provider, slot), _nonce(provider, slot - 1))
    if not isinstance(given, str) or not any(same(given, one) for one in ours):
        raise UseDpopNonce("The DPoP proof needs a nonce of this server.")


def _use_up(provider: Provider, thumbprint: str, claims: Mapping[str, Any], now: datetime) -> None:
    """Section 11.1: once. Last of all: a proof that fails a check has not been used."""
    key = digest(f"{thumbprint} {claims['jti']}")
    seconds = int(claims["iat"] + SECONDS - now.timestamp()) + 2
    if not provider.store.add_once(f"dpop:{key}", b"", seconds=seconds):
        raise InvalidDpopProof("The DPoP proof is not valid.", detail="used before")


def _nonce(provider: Provider, slot: int) -> str:
    return keyed(provider.grant_key, "dpop nonce", str(slot))
