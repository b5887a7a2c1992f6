"""Codes that mean something in one field, or in the reasons of one event, alone."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop
from idp.security.case_words import KINDS, OUTCOMES, SEVERITIES, SUBJECTS
from idp.security.measure_reasons import REASONS as OF_MEASURES
from idp.security.words.refusals import ENROLMENTS, GATES

LICENCES: Final[Mapping[str, str]] = {
    "readable": gettext_noop("It is no certificate that can be read"),
    "algorithm": gettext_noop("An algorithm that is not taken"),
    "path": gettext_noop("Of no authority that is trusted"),
    "signatures": gettext_noop("A signature of an authority is not right"),
    "validity": gettext_noop("Not valid at this time"),
    "authorities": gettext_noop("An authority that may not issue it"),
    "extensions": gettext_noop("An extension that nobody here understands"),
    "purpose": gettext_noop("Not made for signing in"),
    "sandbox": gettext_noop("Of the sandbox, or not of it"),
    "subject": gettext_noop("Names no organisation that can be read"),
    "challenge": gettext_noop("The text that was signed is another or too old"),
    "signature": gettext_noop("The signature is not right"),
    "revocation": gettext_noop("Nobody says whether it was revoked"),
    "revoked": gettext_noop("Revoked"),
    "register": gettext_noop("The business register does not answer"),
    "organisation": gettext_noop("The organisation is unknown or not active"),
    "holder": gettext_noop("The person is not known or not active"),
    "level": gettext_noop("Reaches less than is asked"),
}
"""`rule` of `licence_refused`."""
LICENCE_APPS: Final[Mapping[str, str]] = {
    "declined": gettext_noop("declined on the telephone"),
    "not_mine": gettext_noop("said on the telephone: I did not begin this"),
    "licence": gettext_noop("licence refused"),
    "digits": gettext_noop("digits typed wrong too often"),
}
UNMASKING: Final[Mapping[str, str]] = {
    "investigation": gettext_noop("An investigation of ours"),
    "reported_by_person": gettext_noop("The person has reported something themself"),
    "authority": gettext_noop("At the request of an authority"),
    "complaint": gettext_noop("A complaint of the person"),
    "other": gettext_noop("Something else"),
}
REASONS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "face_refused": GATES,
    "enrolment_refused": ENROLMENTS,
    "recovery_refused": ENROLMENTS,
    "window_person_refused": ENROLMENTS,
    "licence_request_refused": LICENCE_APPS,
    "unmask_asked": UNMASKING,
    "person_unmasked": UNMASKING,
    "logout_failed": {"away": gettext_noop("the client did not answer for long")},
    "staff_activation_made": {"added": gettext_noop("for a new account")},
    **dict.fromkeys(("measure_asked", "measure_taken", "measure_undone"), OF_MEASURES),
}
"""By the name of the event."""
OF_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "severity": SEVERITIES,
    "subject_kind": SUBJECTS,
    "nearness": {
        "same": gettext_noop("in the network of the page"),
        "other": gettext_noop("in another network"),
        "unknown": gettext_noop("unknown"),
    },
    "carrier": {
        "app": gettext_noop("licence app"),
        "agent": gettext_noop("signing agent of the computer"),
        "usb_key": gettext_noop("key in hardware"),
        "signature": gettext_noop("uploaded signature"),
    },
    "checked": {"id_card": gettext_noop("identity card")},
    "mode": {"history": gettext_noop("past events"), "live": gettext_noop("live")},
    "program": {"worker": gettext_noop("background worker"), "server": gettext_noop("server process")},
    "way": {
        "device": gettext_noop("another device"),
        "enrol": gettext_noop("enrolment"),
        "recover": gettext_noop("recovery"),
        "activation": gettext_noop("activation code"),
    },
    "outcome": {**OUTCOMES, "confirmed": gettext_noop("confirmed")},
    "status": {"open": gettext_noop("new"), "acknowledged": gettext_noop("taken up")},
    "kind": {
        **KINDS,
        "end_sessions": gettext_noop("End the sessions"),
        "freeze": gettext_noop("Freeze"),
        "require_reenrolment": gettext_noop("Prove anew who they are"),
        "block": gettext_noop("Block a range of addresses"),
    },
    "error": {"unsupported_response_type": gettext_noop("response type not offered")},
}
"""Before what frequent codes mean everywhere."""
