"""Why sign-ins, face checks and enrolments came to nothing, in words for those who watch them.

Pages tell a person less, and what helps them; the desk is told which gate it was.
"""

from collections.abc import Mapping
from typing import Final

from idp.audit.statistics.counting import OTHER
from idp.locales import gettext as _
from idp.locales import gettext_noop
from idp.security.words import in_words

GATES: Final[Mapping[str, str]] = {
    "frames_too_few": gettext_noop("Too few pictures came"),
    "frames_repeated": gettext_noop("The same picture came again: a replay is suspected"),
    "frames_time": gettext_noop("Pictures came too fast or too slowly"),
    "frames_size": gettext_noop("Pictures of a size that is not taken"),
    "one_face": gettext_noop("Not exactly one face in the picture"),
    "wrong_order": gettext_noop("Movements in another order than asked"),
    "too_slow": gettext_noop("A movement came too late"),
    "expired": gettext_noop("The time was over"),
    "incomplete": gettext_noop("Broken off before the end"),
    "session_gone": gettext_noop("Broken off before the end: the check was gone"),
    "flat": gettext_noop("A flat face: a picture or a screen is suspected"),
    "other_face": gettext_noop("Another face than at the beginning"),
    "antispoof": gettext_noop("Looks like a forgery: picture, screen or mask"),
    "quality": gettext_noop("Too dark, too bright or not sharp"),
    "flash": gettext_noop("Does not reflect the colours of the screen"),
    "match": gettext_noop("Live, but not the person of the register"),
    "reference_missing": gettext_noop("The register has no photo"),
    "reference_unusable": gettext_noop("The register's photo cannot be used"),
    "register_unavailable": gettext_noop("The register did not answer"),
    "too_many_tries": gettext_noop("Too many checks within an hour"),
}
SUSPICIOUS: Final = frozenset(("frames_repeated", "flat", "other_face", "antispoof", "flash"))
"""What an honest person seldom does."""
ENROLMENTS: Final[Mapping[str, str]] = {
    "name_differs": gettext_noop("The name is another than the register's"),
    "not_in_register": gettext_noop("Not in the register"),
    "deceased": gettext_noop("Deceased, as the register says"),
    "frozen": gettext_noop("The account is frozen"),
    "not_confirmed": gettext_noop("The phone is not the one that the register has"),
}


def gate(code: str) -> str:
    found = GATES.get(code)
    return _others(code) if found is None else _(found)


def failure(value: str) -> str:
    """Of `method:reason`."""
    method, _colon, reason = value.partition(":")
    if not reason:
        return _others(value)
    by = in_words("method", method)
    if reason == "delayed":
        return _("%(method)s: too many failures, told to wait", method=by)
    return _("%(method)s: %(reason)s", method=by, reason=in_words("reason", reason))


def enrolment(code: str) -> str:
    found = ENROLMENTS.get(code)
    return _others(code) if found is None else _(found)


def _others(code: str) -> str:
    return _("all others") if code == OTHER else in_words("reason", code)
