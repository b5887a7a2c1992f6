"""The outcomes that there are, as data: where each takes hold, and what a correct app does about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idp.locales import gettext_noop as _


class Place(StrEnum):
    """Where an outcome takes hold. No two of one place can hold at the same time."""

    PERSON = "person"
    """On the pages that the person sees."""
    ENDING = "ending"
    """The sign-in ends with an error."""
    REDIRECT = "redirect"
    TOKEN = "token"  # noqa: S105 - a place
    ID_TOKEN = "id_token"  # noqa: S105 - a place
    USERINFO = "userinfo"
    POLLING = "polling"
    """Polls for what is answered elsewhere: device authorization, CIBA."""
    LOGOUT = "logout"
    PACE = "pace"
    """Slow answers; `seconds` says how slow."""


class Correct(StrEnum):
    """What a correct app does about it."""

    REFUSES_ANSWER = "refuses_answer"
    REFUSES_TOKENS = "refuses_tokens"
    REFUSES_USERINFO = "refuses_userinfo"
    SHOWS_ERROR = "shows_error"
    WAITS = "waits"
    REFUSES_LOGOUT = "refuses_logout"
    ENDS_ONCE = "ends_once"
    ENDS_ALL = "ends_all"
    KEEPS_PACE = "keeps_pace"
    SIGNS_IN = "signs_in"
    """There is nothing wrong with it."""


CORRECT_WORDS: Final[Mapping[Correct, str]] = {
    Correct.REFUSES_ANSWER: _("The app refuses at its redirect address, and does not redeem the code."),
    Correct.REFUSES_TOKENS: _("The app refuses the ID token, drops all tokens and signs nobody in."),
    Correct.REFUSES_USERINFO: _("The app uses nothing that userinfo says, and signs nobody in."),
    Correct.SHOWS_ERROR: _(
        "The app says in plain words what happened, lets the person try again, and signs nobody in."
    ),
    Correct.WAITS: _("The app waits, or gives up in plain words within a time limit of its own."),
    Correct.REFUSES_LOGOUT: _("The app answers 400 to the logout token, and ends no session."),
    Correct.ENDS_ONCE: _("The app ends the session once; the second time it answers 200 or 400."),
    Correct.ENDS_ALL: _("The app ends all sessions that it has of this person, and answers 200."),
    Correct.KEEPS_PACE: _(
        "The app waits five seconds longer after each such answer, and then signs the person in."
    ),
    Correct.SIGNS_IN: _("The app fetches the keys again, finds the new one and signs the person in."),
}
PLACE_WORDS: Final[Mapping[Place, str]] = {
    Place.PERSON: _("What happens to the person"),
    Place.ENDING: _("How the sign-in ends"),
    Place.REDIRECT: _("The answer at the redirect address"),
    Place.TOKEN: _("The token endpoint"),
    Place.ID_TOKEN: _("The ID token"),
    Place.USERINFO: _("Userinfo"),
    Place.POLLING: _("Polling for a device, or by the back channel"),
    Place.LOGOUT: _("Back-channel logout"),
    Place.PACE: _("How long it takes"),
}
CORE, LOGOUT_SPEC = "OpenID Connect Core 1.0", "OpenID Connect Back-Channel Logout 1.0"
CIBA = "OpenID Connect CIBA Core 1.0"


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    place: Place
    words: str
    """In English, to be translated where they are shown."""
    correct: Correct
    section: str
    """Where a specification asks that of the app."""


FACE: Final = "face_refused_"
"""Begins the names of refusals by the face check; the engine's reason follows."""

CATALOGUE: Final = (
    Outcome("face_refused_too_slow", Place.PERSON, _("The face is refused: a movement came too late"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("face_refused_wrong_order", Place.PERSON, _("The face is refused: not the movement asked for"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("face_refused_one_face", Place.PERSON, _("The face is refused: several faces in the picture"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("face_refused_frames_too_few", Place.PERSON, _("The face is refused: too few good pictures"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("face_refused_quality", Place.PERSON, _("The face is refused: too dark, too bright or not sharp"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("face_refused_flash", Place.PERSON, _("The face is refused: no colours of the screen on it"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("face_refused_antispoof", Place.PERSON, _("The face is refused: no living person, it seems"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("face_refused_match", Place.PERSON, _("The face is refused: it is not the one of the register"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("face_refused_reference_unusable", Place.PERSON, _("The face is refused: there is no photo"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("register_unavailable", Place.PERSON, _("The population register does not answer"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("account_locked", Place.PERSON, _("The account is frozen"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),

    Outcome("consent_refused", Place.ENDING, _("The person does not agree: access_denied"),
            Correct.SHOWS_ERROR, "RFC 6749 section 4.1.2.1"),
    Outcome("level_unmet", Place.ENDING,
            _("The level cannot be reached: unmet_authentication_requirements"), Correct.SHOWS_ERROR,
            "OpenID Connect Core Error Code unmet_authentication_requirements 1.0"),
    Outcome("session_ended", Place.ENDING, _("The session has ended meanwhile: login_required"),
            Correct.SHOWS_ERROR, f"{CORE} section 3.1.2.6"),
    Outcome("temporarily_unavailable", Place.ENDING, _("Sign-in is not available: temporarily_unavailable"),
            Correct.SHOWS_ERROR, "RFC 6749 section 4.1.2.1"),
    Outcome("error_wrong_state", Place.ENDING, _("An error with a wrong state"),
            Correct.SHOWS_ERROR, "RFC 6749 section 10.12"),

    Outcome("redirect_wrong_state", Place.REDIRECT, _("A wrong state"),
            Correct.REFUSES_ANSWER, "RFC 6749 section 10.12"),
    Outcome("redirect_missing_state", Place.REDIRECT, _("No state"),
            Correct.REFUSES_ANSWER, "RFC 6749 section 10.12"),
    Outcome("redirect_missing_iss", Place.REDIRECT, _("No iss, though discovery promises one"),
            Correct.REFUSES_ANSWER, "RFC 9207 section 2.4"),
    Outcome("redirect_wrong_iss", Place.REDIRECT, _("The iss of another server (mix-up)"),
            Correct.REFUSES_ANSWER, "RFC 9207 section 2.4"),
    Outcome("redirect_replayed_code", Place.REDIRECT,
            _("The code of an earlier sign-in, which has been used"),
            Correct.SHOWS_ERROR, "RFC 6749 section 4.1.2"),

    Outcome("token_unavailable", Place.TOKEN, _("The token endpoint answers 503"),
            Correct.SHOWS_ERROR, "RFC 9110 section 15.6.4"),
    Outcome("token_nonsense", Place.TOKEN, _("The token endpoint answers a page instead of JSON"),
            Correct.SHOWS_ERROR, "RFC 6749 section 5.1"),

    Outcome("id_token_wrong_iss", Place.ID_TOKEN, _("Another issuer in iss"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (2)"),
    Outcome("id_token_wrong_aud", Place.ID_TOKEN, _("Somebody else in aud"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (3)"),
    Outcome("id_token_extra_aud", Place.ID_TOKEN, _("Somebody else besides in aud, and no azp"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (3)"),
    Outcome("id_token_bad_signature", Place.ID_TOKEN, _("A broken signature"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (6)"),
    Outcome("id_token_other_key", Place.ID_TOKEN, _("Signed by another key under the same kid"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (6)"),
    Outcome("id_token_alg_none", Place.ID_TOKEN, _("Not signed: alg none"),
            Correct.REFUSES_TOKENS, "RFC 8725 section 3.2"),
    Outcome("id_token_hs256", Place.ID_TOKEN, _("HS256, with the public key as the secret"),
            Correct.REFUSES_TOKENS, "RFC 8725 section 3.1"),
    Outcome("id_token_hs256_client_secret", Place.ID_TOKEN, _("HS256, with the app's own secret"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (7)"),
    Outcome("id_token_new_key", Place.ID_TOKEN, _("Right, by a key that was not published before"),
            Correct.SIGNS_IN, f"{CORE} section 10.1.1"),
    Outcome("id_token_wrong_nonce", Place.ID_TOKEN, _("A wrong nonce"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (11)"),
    Outcome("id_token_missing_nonce", Place.ID_TOKEN, _("No nonce"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (11)"),
    Outcome("id_token_expired", Place.ID_TOKEN, _("Expired an hour ago"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (9)"),
    Outcome("id_token_future", Place.ID_TOKEN, _("Issued in an hour, not valid before"),
            Correct.REFUSES_TOKENS, "RFC 7519 section 4.1.5"),
    Outcome("id_token_wrong_at_hash", Place.ID_TOKEN, _("An at_hash of another access token"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.8"),
    Outcome("id_token_wrong_acr", Place.ID_TOKEN, _("A lower level in acr than was asked for"),
            Correct.REFUSES_TOKENS, f"{CORE} section 3.1.3.7 (12)"),

    Outcome("id_token_wrong_auth_req_id", Place.ID_TOKEN,
            _("Pushed by the back channel: the auth_req_id of another request"), Correct.REFUSES_TOKENS,
            f"{CIBA} section 10.3.1"),

    Outcome("userinfo_other_sub", Place.USERINFO, _("Another sub than in the ID token"),
            Correct.REFUSES_USERINFO, f"{CORE} section 5.3.2"),

    Outcome("poll_pending", Place.POLLING, _("authorization_pending, however long it asks"),
            Correct.WAITS, "RFC 8628 section 3.5"),
    Outcome("poll_slow_down", Place.POLLING, _("slow_down twice, and then as always"),
            Correct.KEEPS_PACE, "RFC 8628 section 3.5"),
    Outcome("poll_denied", Place.POLLING, _("access_denied: the person said no elsewhere"),
            Correct.SHOWS_ERROR, "RFC 8628 section 3.5"),
    Outcome("poll_expired", Place.POLLING, _("expired_token: nobody answered in time"),
            Correct.SHOWS_ERROR, "RFC 8628 section 3.5"),

    Outcome("logout_wrong_aud", Place.LOGOUT, _("A logout token for somebody else"),
            Correct.REFUSES_LOGOUT, f"{LOGOUT_SPEC} section 2.6 (3)"),
    Outcome("logout_wrong_iss", Place.LOGOUT, _("A logout token of another issuer"),
            Correct.REFUSES_LOGOUT, f"{LOGOUT_SPEC} section 2.6 (3)"),
    Outcome("logout_missing_events", Place.LOGOUT, _("A logout token without its event"),
            Correct.REFUSES_LOGOUT, f"{LOGOUT_SPEC} section 2.6 (6)"),
    Outcome("logout_with_nonce", Place.LOGOUT, _("A logout token with a nonce"),
            Correct.REFUSES_LOGOUT, f"{LOGOUT_SPEC} section 2.6 (7)"),
    Outcome("logout_expired", Place.LOGOUT, _("A logout token that has expired"),
            Correct.REFUSES_LOGOUT, f"{LOGOUT_SPEC} section 2.6 (3)"),
    Outcome("logout_bad_signature", Place.LOGOUT, _("A logout token with a broken signature"),
            Correct.REFUSES_LOGOUT, f"{LOGOUT_SPEC} section 2.6 (2)"),
    Outcome("logout_alg_none", Place.LOGOUT, _("A logout token that is not signed: alg none"),
            Correct.REFUSES_LOGOUT, f"{LOGOUT_SPEC} section 2.6 (2)"),
    Outcome("logout_replayed_jti", Place.LOGOUT, _("The same logout token twice"),
            Correct.ENDS_ONCE, f"{LOGOUT_SPEC} section 2.6 (8)"),
    Outcome("logout_replayed_later", Place.LOGOUT, _("The logout token of the last time, once more"),
            Correct.REFUSES_LOGOUT, f"{LOGOUT_SPEC} section 2.6 (8)"),
    Outcome("logout_sub_alone", Place.LOGOUT, _("A right logout token that names the person and no session"),
            Correct.ENDS_ALL, f"{LOGOUT_SPEC} section 2.4"),

    Outcome("slow_authorize", Place.PACE, _("The answer to the browser is slow"),
            Correct.WAITS, "RFC 6749 section 4.1.2"),
    Outcome("slow_token", Place.PACE, _("The token endpoint is slow"),
            Correct.WAITS, "RFC 6749 section 5.1"),
    Outcome("slow_face", Place.PACE, _("The verdict of the face check is slow"),
            Correct.WAITS, "RFC 6749 section 4.1.2"),
)  # fmt: skip
BY_NAME: Final[Mapping[str, Outcome]] = {one.name: one for one in CATALOGUE}
