"""What is wrong with a name or a sentence that people will read."""

from collections.abc import Collection, Mapping

from idp.locales import gettext_noop as _
from idp.oidc.clients.explaining.problems import Words
from idp.oidc.registration import wording
from idp.oidc.registration.wording import WordingRefused, WordingRule

AT_MOST: Mapping[str, int] = {"client_name": 60, "organization_name": 60, "purpose": 300}
"""Characters."""
NAMES = frozenset({"client_name", "organization_name"})

OF_RULE: Mapping[WordingRule, Words] = {
    WordingRule.LENGTH: Words(
        _("It is empty, longer than %(most)s characters, or has blanks around it."),
        _("Say it in %(most)s characters at most."),
    ),
    WordingRule.UNSEEN: Words(
        _("It has characters that nobody sees or that turn the line around (%(codes)s)."),
        _("Type it anew instead of copying it."),
    ),
    WordingRule.MARKS: Words(
        _("It piles marks upon marks on one letter."), _("Two marks on a letter at most.")
    ),
    WordingRule.SCRIPTS: Words(
        _("It mixes scripts whose letters look alike, such as Latin and Cyrillic."),
        _("Type it anew in one script; Chinese and Latin may stand together."),
    ),
    WordingRule.MARKUP: Words(
        _("It has markup (<, >, { or }). Pages show it letter by letter, so it has no effect."),
        _("Take it away: a name is plain text."),
    ),
}
READS_LIKE = Words(
    _("It reads like an app that somebody else has registered."),
    _("Choose a name that people will not take for it."),
)
SOUNDS_OFFICIAL = Words(
    _("It reads like a government body."),
    _("Keep it only if the service is run by that body: whoever approves the app will check."),
)


def problem(field: str, typed: str, names: Collection[str]) -> tuple[Words, Mapping[str, str], bool] | None:
    """What is wrong, with its values, and whether that is grave. `names`: of others' apps."""
    most = AT_MOST[field]
    try:
        wording.check(typed, at_most=most)
    except WordingRefused as refused:
        codes = " ".join(dict.fromkeys(f"U+{ord(c):04X}" for c in typed if wording.is_unseen(c)))
        return OF_RULE[refused.rule], {"most": str(most), "codes": codes[:60]}, True
    if field in NAMES and wording.reads_like(typed, names):
        return READS_LIKE, {}, True
    if field in NAMES and wording.sounds_official(typed):
        return SOUNDS_OFFICIAL, {}, False
    return None
