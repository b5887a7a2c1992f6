"""What the facts of a cause say in words: by how much, which, what instead."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from idp.china_time import CHINA_TIME
from idp.doctor.saying import Said, said
from idp.locales import gettext_noop as _
from idp.oidc.facts import (
    Differs,
    Fact,
    KeyNotFound,
    Late,
    Misshapen,
    NotAllowed,
    OtherMethod,
    Skewed,
    Unreachable,
    WrongSecret,
)

MILLISECONDS = 10**9
"""Seconds ahead that no clock is off by: somebody wrote milliseconds."""
NOTHING = "-"


def particulars(fact: Fact | None) -> tuple[Said, ...]:
    if fact is None:
        return ()
    return tuple(SAYING[type(fact)](fact))


def moment(seconds: int) -> str:
    """As the pages beside it show times: in China's."""
    return datetime.fromtimestamp(seconds, CHINA_TIME).strftime("%Y-%m-%d %H:%M:%S UTC+8")


def _differs(fact: Differs) -> list[Said]:
    found = []
    if fact.given:
        found.append(said(_("%(what)s is %(value)s."), what=fact.what, value=fact.given))
    if len(fact.expected) == 1:
        found.append(said(_("It has to be %(value)s."), value=fact.expected[0]))
    elif fact.expected:
        found.append(said(_("It has to be one of: %(values)s."), values=", ".join(fact.expected)))
    return found


SHAPES: Mapping[str, str] = {
    "missing": _("%(what)s did not come."),
    "empty": _("%(what)s is empty."),
    "plain": _("%(what)s says plain."),
    "unknown": _("%(what)s has another value."),
    "blanks": _("%(what)s has blanks around it (%(characters)s characters)."),
    "hex": _(
        "%(what)s is the digest in hexadecimal digits (%(characters)s characters): base64url of its 32 "
        "bytes is needed."
    ),
    "base64": _(
        "%(what)s is base64 with + / or = (%(characters)s characters): base64url without padding is needed."
    ),
    "hex-in-base64url": _(
        "%(what)s is the base64url of hexadecimal digits (%(characters)s characters): take the bytes of "
        "the digest."
    ),
    "other": _("%(what)s has %(characters)s characters, and is of another form."),
    "too-short": _("%(what)s has %(characters)s characters; at least 43 are needed."),
    "too-long": _("%(what)s has %(characters)s characters; at most 128 may be."),
    "characters": _(
        "%(what)s has characters that it may not have: only A-Z, a-z, 0-9 and - . _ ~ are allowed."
    ),
    "is-the-challenge": _(
        "%(what)s is the code_challenge itself: the verifier was sent as challenge, or the challenge as "
        "verifier."
    ),
    "hashed-twice": _(
        "code_challenge is the digest of a digest of the verifier: take SHA-256 once, of the text that "
        "you send as verifier."
    ),
    "exchanged": _("The two are exchanged: what came as %(what)s is the digest of code_challenge."),
    "another": _(
        "%(what)s is well formed, and belongs to another challenge: most likely to another sign-in of "
        "the same browser."
    ),
}


def _misshapen(fact: Misshapen) -> list[Said]:
    text = SHAPES.get(fact.problem, SHAPES["other"])
    return [said(text, what=fact.what, characters=fact.characters)]


def _not_allowed(fact: NotAllowed) -> list[Said]:
    found = [said(_("Not allowed: %(values)s."), values=", ".join(fact.refused) or NOTHING)]
    if fact.allowed:
        found.append(said(_("Allowed for this app: %(values)s."), values=", ".join(fact.allowed)))
    return found


ANSWERS: Mapping[str, str] = {
    "keys": _("It answered with keys."),
    "unusable": _("It answered, and none of its keys can be used: public keys of a known kind are needed."),
    "no JSON": _("It answered with something that is no JSON."),
    "TimedOut": _("It did not answer in time."),
    "Unreachable": _("It could not be reached."),
    "AddressRefused": _("Its address is one that we do not ask: it has to be public."),
}


def _key_not_found(fact: KeyNotFound) -> list[Said]:
    kid = said(
        _("The token names the key %(kid)s for %(algorithm)s."),
        kid=fact.kid or NOTHING,
        algorithm=fact.algorithm,
    )
    found = [kid]
    if fact.source == "none":
        return [*found, said(_("The app has neither jwks nor jwks_uri."))]
    found.append(said(_("Keys known of the app: %(kids)s."), kids=", ".join(fact.known) or NOTHING))
    if fact.source == "jwks":
        return [*found, said(_("They are those of jwks in the registration."))]
    if fact.asked_at:
        found.append(said(_("jwks_uri was last asked at %(at)s."), at=moment(fact.asked_at)))
    if fact.answered:
        known = ANSWERS.get(fact.answered)
        found.append(said(known) if known else said(_("It answered: %(answer)s."), answer=fact.answered))
    if fact.answered == "keys":
        found.append(
            said(
                _(
                    "A set is kept for ten minutes, and asked for again for an unknown kid, at most "
                    "every 30 seconds."
                )
            )
        )
    return found


def _skewed(fact: Skewed) -> list[Said]:
    if fact.seconds > MILLISECONDS:
        return [said(_("%(claim)s is in milliseconds: it has to be in seconds."), claim=fact.claim)]
    if fact.claim == "exp":
        return [
            said(
                _("exp lies %(seconds)s s ahead; at most %(allowed)s s are allowed."),
                seconds=fact.seconds,
                allowed=fact.allowed,
            )
        ]
    if fact.seconds >= 0:
        return [
            said(
                _(
                    "%(claim)s lies %(seconds)s s in the future, so your clock is about %(seconds)s s "
                    "ahead of ours; %(allowed)s s are allowed."
                ),
                claim=fact.claim,
                seconds=fact.seconds,
                allowed=fact.allowed,
            )
        ]
    return [
        said(
            _(
                "%(claim)s lies %(seconds)s s in the past, so your clock is behind ours or it was made "
                "long before; %(allowed)s s are allowed."
            ),
            claim=fact.claim,
            seconds=-fact.seconds,
            allowed=fact.allowed,
        )
    ]


def _late(fact: Late) -> list[Said]:
    found = [said(_("It came %(seconds)s s after its end."), seconds=fact.seconds)]
    if fact.lifetime > 0:
        found.append(said(_("It is good for %(seconds)s s."), seconds=fact.lifetime))
    if fact.what == "exp" and fact.seconds < CLOCKS:
        found.append(said(_("If it was made just now, your clock is about that much behind ours.")))
    return found


CLOCKS = 3600
"""Seconds that a clock may well be off."""


def _other_method(fact: OtherMethod) -> list[Said]:
    return [
        said(
            _("Sent was %(sent)s, registered is %(registered)s."), sent=fact.sent, registered=fact.registered
        )
    ]


SECRETS: Mapping[str, str] = {
    "blanks": _("Without the blanks or line breaks around it, it would be the right one."),
    "not-encoded": _(
        "It would be the right one if it were form-encoded in the Basic header, as RFC 6749 section "
        "2.3.1 has it: % as %25, + as %2B and so on."
    ),
    "encoded-twice": _("It would be the right one if it were encoded once less."),
    "empty": _("It is empty: the setting that it comes from may be missing."),
    "unlike": _("It is not like any of the app's secrets."),
}


ENDED: Mapping[str, str] = {
    "expired": _("It is the secret “%(name)s”, which expired on %(day)s."),
    "revoked": _("It is the secret “%(name)s”, which was revoked on %(day)s."),
}
WITH_THE_APP = _("Made with the app")
"""As the page of secrets calls one that nobody gave a name."""


def _wrong_secret(fact: WrongSecret) -> list[Said]:
    if fact.problem in ENDED and fact.ended_at:
        at = moment(fact.ended_at)
        return [said(ENDED[fact.problem], name=fact.label or said(WITH_THE_APP), day=at)]
    return [said(SECRETS[fact.problem])] if fact.problem in SECRETS else []


def _unreachable(fact: Unreachable) -> list[Said]:
    return [
        said(
            _(
                "Asked for: %(asked)s. The highest level here is %(highest)s; the app needs at least "
                "%(minimum)s."
            ),
            asked=", ".join(fact.asked) or NOTHING,
            highest=fact.highest,
            minimum=fact.minimum,
        )
    ]


SAYING: Mapping[type, Callable[[Any], list[Said]]] = {
    Differs: _differs,
    Misshapen: _misshapen,
    NotAllowed: _not_allowed,
    KeyNotFound: _key_not_found,
    Skewed: _skewed,
    Late: _late,
    OtherMethod: _other_method,
    WrongSecret: _wrong_secret,
    Unreachable: _unreachable,
}
