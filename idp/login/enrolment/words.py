"""Why an enrolment or a recovery ends, and what to do next. Shown only after the binding was proved."""

from dataclasses import dataclass

from idp.locales import gettext as _
from idp.people.enrolment import Refusal


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    text: str
    next_steps: tuple[str, ...]


def of(refusal: Refusal) -> Words:
    window = _("Take your document to a service window: a clerk can look into it with you.")
    if refusal is Refusal.NAME_DIFFERS:
        return Words(
            _("The names do not agree"),
            _("The population register has this number with another name."),
            (
                _("After a change of name the police station brings the register up to date."),
                window,
            ),
        )
    if refusal is Refusal.NOT_IN_REGISTER:
        return Words(
            _("The register does not know this number"),
            _("The number may be new, or be registered differently."),
            (_("Check the number on your document and start again."), window),
        )
    if refusal is Refusal.DECEASED:
        return Words(
            _("No account can be opened"),
            _("The population register says that the holder of this number has died."),
            (_("If that is a mistake, the police station that keeps the household register corrects it."),),
        )
    if refusal is Refusal.FROZEN:
        return Words(_("This account is frozen"), _("Nobody can sign in to it at present."), (window,))
    return Words(
        _("This phone alone is not enough"),
        _("It could not be confirmed that this phone, this number and this name belong to one account."),
        (_("Start again and choose another way to prove that the number is yours."), window),
    )


def later() -> Words:
    return Words(
        _("The population register does not answer"),
        _("What you proved is kept for a few minutes. Please try again in a moment."),
        (),
    )


def too_many_tries() -> Words:
    return Words(
        _("Too many tries today"),
        _("For everybody's protection the number of tries a day is limited."),
        (
            _("Try again tomorrow."),
            _("With a code from a service window it works at once: take your document with you."),
        ),
    )
