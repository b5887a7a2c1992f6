"""Why sign-ins, face checks and enrolments came to nothing, in words for those who watch them.

Pages tell a person less, and what helps them; the desk is told which gate it was.
"""

from typing import Final

from idp.audit.statistics.counting import OTHER
from idp.locales import gettext as _
from idp.security.words import in_words
from idp.security.words.refusals import ENROLMENTS, GATES

SUSPICIOUS: Final = frozenset(("frames_repeated", "flat", "other_face", "antispoof", "flash"))
"""What an honest person seldom does."""


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
