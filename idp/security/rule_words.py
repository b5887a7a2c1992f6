"""Rules in the words of their files, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import current_app, has_app_context
from flask.blueprints import BlueprintSetupState

from idp.detection.opening import Described, describe
from idp.detection.rules import Rule
from idp.locales import current_locale, gettext_noop
from idp.locales import gettext as _
from idp.security.room import blueprint

KEY: Final = "yitong.rules"
REPORTED: Final = "person_reported"
"""The rule of alerts that a person raises: this was not me."""


DIFFERENT: Final[Mapping[str, str]] = {
    "tried": gettext_noop("identity numbers that were tried"),
    "person_id": gettext_noop("people"),
    "device": gettext_noop("devices"),
    "address": gettext_noop("addresses"),
    "licence": gettext_noop("licences"),
    "client_id": gettext_noop("clients"),
    "grant_id": gettext_noop("one grant"),
    "scores": gettext_noop("scores of the gates"),
}
"""Of a field, in the plural."""


@blueprint.record_once
def _open(state: BlueprintSetupState) -> None:
    """Read once a process. Raises SettingsWrong: a rule that is wrong stops the start."""
    found = describe(state.app.extensions["yitong"].settings)
    state.app.extensions[KEY] = Known(found, {rule.name: rule for rule in found.rules}, found.engine().off)


def described() -> Described:
    return _known().described


def rules() -> Mapping[str, Rule]:
    """By name."""
    return _known().by_name


def off(name: str) -> str | None:
    """Why a rule does not run; None: it does."""
    return _known().off.get(name)


def _known() -> "Known":
    found: Known = current_app.extensions[KEY]
    return found


@dataclass(frozen=True, slots=True)
class Known:
    described: Described
    by_name: Mapping[str, Rule]
    off: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RuleWords:
    title: str
    why: str
    false_positives: str
    advice: str


def words_of(name: str) -> RuleWords:
    """Of a rule that is no more there is its name alone."""
    rule = rules().get(name)
    if rule is not None:
        texts = (rule.title, rule.why, rule.false_positives, rule.advice)
        return RuleWords(*(text[current_locale()] for text in texts))
    return _reported() if name == REPORTED else RuleWords(name, "", "", "")


def title(name: str) -> str:
    return words_of(name).title


def title_if_known(name: str) -> str | None:
    """None outside the desk, and of what is no rule."""
    known: Known | None = current_app.extensions.get(KEY) if has_app_context() else None
    if known is None or (name not in known.by_name and name != REPORTED):
        return None
    return title(name)


def different(field: str) -> str:
    """What a rule counts the different ones of, as people call it."""
    found = DIFFERENT.get(field)
    return field if found is None else _(found)


def _reported() -> RuleWords:
    """No rule found it: the person did."""
    return RuleWords(
        _("A person says of a sign-in: this was not me"),
        _(
            "Whoever owns the account looked at their sign-ins and does not know this one. Whoever it was had"
            " what it takes to sign in as them, perhaps still has it, and was let into apps by that session."
        ),
        _(
            "A relative used the telephone, somebody forgot a sign-in of their own, or an app signed in again"
            " by itself. People also press the button to get out of something that they did."
        ),
        _(
            "First see that it is over: the session and its apps must have ended. Then look at the sign-in:"
            " by which means, from which device and address, and for whom else these were used. Were means of"
            " signing in added or changed afterwards? Then let the person enrol anew. Speak with the person"
            " through the telephone number of the register alone."
        ),
    )
