"""Why face checks and enrolments came to nothing, and what the gates of a face check are called."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop

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
ENROLMENTS: Final[Mapping[str, str]] = {
    "name_differs": gettext_noop("The name is another than the register's"),
    "not_in_register": gettext_noop("Not in the register"),
    "deceased": gettext_noop("Deceased, as the register says"),
    "frozen": gettext_noop("The account is frozen"),
    "not_confirmed": gettext_noop("The phone is not the one that the register has"),
}
NAMES_OF_GATES: Final[Mapping[str, str]] = {
    "frames": gettext_noop("pictures"),
    "one_face": gettext_noop("one face"),
    "challenge": gettext_noop("movements"),
    "planarity": gettext_noop("depth"),
    "same_face": gettext_noop("same face"),
    "antispoof": gettext_noop("no forgery"),
    "quality": gettext_noop("quality"),
    "flash": gettext_noop("colours of the screen"),
    "match": gettext_noop("agrees with the register"),
}
"""As in `gates` of `face_checked` and `face_refused`."""
