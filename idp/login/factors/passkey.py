"""Passkeys: W3C Web Authentication Level 3, discoverable, with user verification.

A challenge is single use, lives in the ephemeral store and belongs to the browser that asked for it
and to one purpose: a key made for binding never signs anybody in, and is bound to the person alone for
whom it was made, whoever has signed in in that browser meanwhile.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from idp.crypto.digests import digest
from idp.people.passkeys import NewPasskey
from idp.storage.ephemeral import EphemeralStore

METHOD = "passkey"
CHALLENGE_SECONDS = 300
CREDENTIAL_CHARACTERS_AT_MOST = 20_000
TIMEOUT_MS = CHALLENGE_SECONDS * 1000

Purpose = Literal["sign_in", "bind"]


class PasskeyRefused(Exception):
    """`reason` is a code for the log and the words on the page: malformed, expired, unknown, wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoredKey(Protocol):
    """A row that holds a credential: a person's, or one of staff's."""

    @property
    def public_key(self) -> bytes: ...


@dataclass(frozen=True)
class UsedPasskey:
    """What an assertion proved."""

    sign_count: int
    backed_up: bool
    amr: tuple[str, ...]


class Passkeys:
    """Ceremonies of one relying party: the provider's own host and origin."""

    def __init__(self, store: EphemeralStore, issuer: str, *, realm: str = "") -> None:
        """`realm`: whose accounts these are of. A challenge of one realm is none of another's."""
        self._store = store
        self._realm = realm
        self._origin = issuer
        self._host = urlsplit(issuer).hostname or ""

    def request_options(self, browser: str) -> dict[str, Any]:
        """Names no credential: the same for everybody, so nothing shows who has one."""
        options = generate_authentication_options(
            rp_id=self._host, timeout=TIMEOUT_MS, user_verification=UserVerificationRequirement.REQUIRED
        )
        self._remember(options.challenge, "sign_in", browser)
        return options_to_json_dict(options)

    def creation_options(
        self, browser: str, *, handle: str, name: str, existing: Iterable[bytes]
    ) -> dict[str, Any]:
        """`handle` is the person's id (no personal data, WebAuthn 14.6.1), `name` what their device shows."""
        options = generate_registration_options(
            rp_id=self._host,
            rp_name="Yitong",
            user_id=handle.encode(),
            user_name=name,
            user_display_name=name,
            timeout=TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in existing],
        )
        self._remember(options.challenge, "bind", _holder(browser, handle))
        return options_to_json_dict(options)

    def bound(self, text: str, browser: str, *, handle: str, label: str) -> NewPasskey:
        """Check a registration of the person `handle`. Raises PasskeyRefused."""
        credential, challenge = self._read(text, "bind", _holder(browser, handle))
        try:
            verified = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except WebAuthnException:
            raise PasskeyRefused("wrong") from None
        transports = credential.get("response", {}).get("transports") or []
        return NewPasskey(
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            transports=tuple(str(one)[:16] for one in transports if isinstance(one, str))[:8],
            backed_up=verified.credential_backed_up,
            label=label,
        )

    def credential_id(self, text: str) -> bytes:
        """Which credential an answer says that it is of, before anything is checked."""
        try:
            return base64url_to_bytes(str(_parsed(text)["id"]))
        except (KeyError, ValueError):
            raise PasskeyRefused("malformed") from None

    def used(self, text: str, browser: str, stored: StoredKey | None) -> UsedPasskey:
        """Check an assertion. Raises PasskeyRefused; the challenge is spent in any case."""
        credential, challenge = self._read(text, "sign_in", browser)
        if stored is None:
            raise PasskeyRefused("unknown")
        try:
            verified = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=stored.public_key,
                # `passkeys.used` compares the counters: a copied passkey is an event, not a malformed answer.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except WebAuthnException:
            raise PasskeyRefused("wrong") from None
        # RFC 8176: a key that may be copied between devices is proof of a software-secured key.
        synced = verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE
        return UsedPasskey(
            sign_count=verified.new_sign_count,
            backed_up=verified.credential_backed_up,
            amr=("swk" if synced else "hwk", "user"),
        )

    def _remember(self, challenge: bytes, purpose: Purpose, holder: str) -> None:
        key = self._key(bytes_to_base64url(challenge), purpose)
        self._store.put(key, holder.encode(), seconds=CHALLENGE_SECONDS)

    def _read(self, text: str, purpose: Purpose, holder: str) -> tuple[dict[str, Any], bytes]:
        credential = _parsed(text)
        try:
            client_data = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
            challenge = str(client_data["challenge"])
            raw = base64url_to_bytes(challenge)
        except (KeyError, TypeError, ValueError):
            raise PasskeyRefused("malformed") from None
        if self._store.take(self._key(challenge, purpose)) != holder.encode():
            raise PasskeyRefused("expired")
        return credential, raw

    def _key(self, challenge: str, purpose: Purpose) -> str:
        return f"passkey:{self._realm}{purpose}:{digest(challenge)}"


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > CREDENTIAL_CHARACTERS_AT_MOST:
        raise PasskeyRefused("malformed")
    try:
        credential = json.loads(text)
    except (ValueError, RecursionError):
        raise PasskeyRefused("malformed") from None
    if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
        raise PasskeyRefused("malformed")
    return credential


def _holder(browser: str, handle: str) -> str:
    return f"{browser} {handle}"
