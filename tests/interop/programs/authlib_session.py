"""Authlib's OAuth2Session: a sign-in, the id_token by Authlib's own rules, and the life of the tokens."""

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import JWKRegistry, KeySet
from wire import answer_to, read, say

TIMEOUT_SECONDS = 10

told = read()
metadata = requests.get(f"{told['issuer']}/.well-known/openid-configuration", timeout=TIMEOUT_SECONDS).json()
session = OAuth2Session(
    told["client_id"],
    told.get("client_secret") or JWKRegistry.import_key(told["key"]),
    token_endpoint_auth_method="private_key_jwt" if "key" in told else "client_secret_basic",
    revocation_endpoint_auth_method="private_key_jwt" if "key" in told else "client_secret_basic",
    scope=told["scope"],
    redirect_uri=told["redirect_uri"],
    code_challenge_method="S256",
)
if "key" in told:
    session.register_client_auth_method(PrivateKeyJWT(metadata["token_endpoint"], alg="ES256"))
verifier, nonce = generate_token(48), generate_token()
address, state = session.create_authorization_url(
    metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
)
answer = answer_to(address)
token = session.fetch_token(
    metadata["token_endpoint"], authorization_response=answer, state=state, code_verifier=verifier
)
keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=TIMEOUT_SECONDS).json())
decoded = jwt.decode(token["id_token"], keys, algorithms=metadata["id_token_signing_alg_values_supported"])
claims = CodeIDToken(
    decoded.claims,
    decoded.header,
    {"iss": {"essential": True, "value": metadata["issuer"]}, "at_hash": {"essential": True}},
    {"nonce": nonce, "client_id": told["client_id"], "access_token": token["access_token"]},
)
claims.validate()
userinfo = session.get(metadata["userinfo_endpoint"])
refreshed = session.refresh_token(metadata["token_endpoint"])
again = session.get(metadata["userinfo_endpoint"])
access_token = refreshed["access_token"]
before = session.introspect_token(metadata["introspection_endpoint"], access_token, "access_token")
revoked = session.revoke_token(metadata["revocation_endpoint"], refreshed["refresh_token"], "refresh_token")
after = session.introspect_token(metadata["introspection_endpoint"], access_token, "access_token")
say(
    {
        "result": {
            "sub": claims["sub"],
            "scope": token["scope"],
            "expires_in": token["expires_in"],
            "userinfo": userinfo.json(),
            "again": again.json(),
            "before": before.json(),
            "revoked": revoked.status_code,
            "after": after.json(),
        }
    }
)
