"""The client information response (RFC 7591 section 3.2.1, RFC 7592 section 3)."""

from typing import Any

from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.http import NO_STORE, Response, answer_json
from idp.oidc.registration.policy import MAY_CHOOSE
from idp.oidc.registration.records import Written

PATH = "/oauth2/register"
CREATED = 201
SHOWN = MAY_CHOOSE | {"subject_type"}


def registration_uri(issuer: str, client_id: str) -> str:
    """Where this client manages its registration."""
    return f"{issuer}{PATH}/{client_id}"


def information(issuer: str, written: Written, token: str, *, status: int = 200) -> Response:
    """Everything that is registered, defaults and what we replaced included.

    A secret is in it once, when it is made: a keyed MAC of it is all that is kept. The registration access
    token goes back to who sent it.
    """
    metadata = written.metadata
    body: dict[str, Any] = {
        "client_id": metadata.client_id,
        "client_id_issued_at": int(written.issued_at.timestamp()),
        **members(metadata),
        "registration_client_uri": registration_uri(issuer, metadata.client_id),
        "registration_access_token": token,
    }
    if written.made is not None:
        # RFC 7591 section 3.2.1: required with a secret; 0 is never.
        ends = written.made.expires_at
        expires_at = 0 if ends is None else int(ends.timestamp())
        body.update(client_secret=written.made.secret, client_secret_expires_at=expires_at)
    return answer_json(body, status=status, headers=NO_STORE)


def members(metadata: ClientMetadata) -> dict[str, Any]:
    """Under their registered names, language tags included."""
    plain = metadata.model_dump(mode="json", include=set(SHOWN))
    found = {name: value for name, value in plain.items() if value is not None and value != []}
    for name, texts in metadata.localized.items():
        for tag, text in texts.items():
            found[f"{name}#{tag}" if tag else name] = text
    return found
