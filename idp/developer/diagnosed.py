"""A diagnosis as pages of the console show it: words in their language, links to where one changes what."""

from typing import Any, Final

from idp.developer.explained import control_id
from idp.doctor.diagnosis import Diagnosis
from idp.doctor.judging import Judged, Verdict
from idp.error_references import Cause
from idp.extensions import services
from idp.locales import gettext as _

SECTION_OF: Final = {
    "scope": "/scopes",
    "minimum_level": "/scopes",
    "authorization_details_types": "/scopes",
    "jwks": "/keys",
    "client_secret": "/keys",
    # The operator's: the settings show how it stands.
    "token_exchange": "/settings#fixed",
}
"""Of what of a registration is not changed in the settings."""


OF_A_PERSON: Final = frozenset(
    (
        *("person-refused", "account-selection-required", "grant-ended", "polling", "vouching", "exchange"),
        *("login-required", "interaction-required", "consent-required", "backchannel-request"),
    )
)
"""Cases whose exact cause says something of the person: an app is told no more than that there is no answer,
and neither is its team, or it would learn by a reference what the answer keeps from it."""


def detail_of(cause: Cause, case: str) -> str:
    """The exact cause, as far as the team may know it. In the sandbox everybody is made up."""
    return "" if case in OF_A_PERSON and not services().settings.sandbox else cause.detail


def shown(found: Diagnosis, app_path: str | None) -> dict[str, Any]:
    """`app_path`: of the app's pages; None where there is no app to change."""
    is_changeable = bool(found.field) and app_path is not None
    return {
        "case": found.case,
        "broken": found.broken.by(_),
        "particulars": [one.by(_) for one in found.particulars],
        "rules": [{"text": rule.text, "url": rule.url} for rule in found.rules if rule.section],
        "mend": [one.by(_) for one in found.mend],
        "field": found.field,
        "field_url": f"{app_path}{section_of(found.field)}" if is_changeable else None,
        "diff": None if found.diff is None else _diff(found),
        "parameters": [_parameter(one) for one in found.parameters],
    }


def section_of(field: str) -> str:
    """What follows an app's address, where this field of its registration is changed."""
    return SECTION_OF.get(field, f"/settings#{control_id(field)}")


def _diff(found: Diagnosis) -> dict[str, Any]:
    diff = found.diff
    if diff is None:
        return {}
    return {
        "given": diff.given,
        "expected": diff.registered,
        "given_parts": [
            {"text": part.text, "differs": part.kind == "given"}
            for part in diff.parts
            if part.kind != "registered"
        ],
        "expected_parts": [
            {"text": part.text, "differs": part.kind == "registered"}
            for part in diff.parts
            if part.kind != "given"
        ],
    }


def _parameter(one: Judged) -> dict[str, Any]:
    return {
        "name": one.name,
        "verdict": one.verdict.value,
        "verdict_words": VERDICTS[one.verdict](),
        "value": one.value,
        "characters": one.characters,
        "place": PLACES.get(one.place, lambda: "")(),
        "remark": None if one.remark is None else one.remark.by(_),
        "is_missing": one.verdict is Verdict.MISSING,
    }


VERDICTS = {
    Verdict.FINE: lambda: _("Fine"),
    Verdict.WRONG: lambda: _("Look here"),
    Verdict.MISSING: lambda: _("Missing"),
    Verdict.IGNORED: lambda: _("Ignored"),
}
"""`wrong` names the parameters that the rule is about: of several, one is to blame."""
PLACES = {
    "query": lambda: _("Address"),
    "form": lambda: _("Form"),
    "header": lambda: _("Header"),
    "object": lambda: _("Pushed or signed"),
}
