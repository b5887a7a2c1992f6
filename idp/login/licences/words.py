"""What a person is told when a licence does not sign them in, and what to do next."""

from typing import Final

from idp.business.licences.refusals import Rule
from idp.locales import gettext as _
from idp.people.licence_holders import Reason

UNTRUSTED: Final = frozenset({Rule.PATH, Rule.SIGNATURES, Rule.AUTHORITIES, Rule.EXTENSIONS, Rule.SANDBOX})


def of(rule: Rule) -> str:
    if rule in UNTRUSTED:
        return _("This certificate was not issued by an authority whose licences are accepted here.")
    return {
        Rule.READABLE: _("This file is no certificate that could be read."),
        Rule.ALGORITHM: _("This licence uses a kind of key or signature that is not accepted here."),
        Rule.VALIDITY: _("This licence has expired, or is not valid yet. Your authority can renew it."),
        Rule.PURPOSE: _(
            "This certificate is not one to sign in with. A licence may come with a second certificate "
            "for encryption: choose the one for signing."
        ),
        Rule.SUBJECT: _("This certificate does not say for which organisation and for whom it was issued."),
        Rule.CHALLENGE: _(
            "What was signed is not the text of this page, or was used before. Please sign the text below."
        ),
        Rule.SIGNATURE: _("The signature does not belong to this certificate and this text."),
        Rule.REVOCATION: _(
            "It cannot be found out just now whether this licence was revoked. Please try again later."
        ),
        Rule.REVOKED: _("This licence was revoked. Your authority can issue a new one."),
        Rule.REGISTER: _("The business register does not answer just now. Please try again later."),
        Rule.ORGANISATION: _(
            "The business register does not have this organisation as one that is active, "
            "so nobody can sign in for it."
        ),
        Rule.HOLDER: _(
            "By the business register the holder of this licence does not act for the organisation "
            "(any more)."
        ),
    }[rule]


def of_holder(reason: Reason) -> str:
    return {
        Reason.NO_ACCOUNT: _(
            "The holder of this licence has no account here yet. Open one with your ID number first, "
            "then sign in with the licence."
        ),
        Reason.NAME_DIFFERS: _(
            "The population register has the holder's number with another name than the business register. "
            "Open an account with your ID number, or ask at a service window."
        ),
        Reason.NOT_IN_REGISTER: _(
            "The population register does not know the holder's number. A service window can help."
        ),
        Reason.DECEASED: _("The population register says that the holder of this licence has died."),
        Reason.REGISTER_SILENT: _(
            "The population register does not answer just now. Please try again in a moment."
        ),
    }[reason]


def other_account() -> str:
    return _(
        "This licence is held by somebody else than who is signed in. Choose another one, or another way."
    )


def too_low() -> str:
    return _(
        "This licence does not say that its key is kept in hardware, so it does not reach what is asked "
        "here. Choose another one, or another way."
    )


def busy() -> str:
    return _("Too many licences are being checked just now. Please try again in a moment.")
