"""From a cause to what a developer reads."""

from collections.abc import Iterable
from dataclasses import dataclass

from idp.doctor.addresses import Diff, alike, diff, nearest
from idp.doctor.case import Case
from idp.doctor.judging import Judged, judged
from idp.doctor.particulars import particulars
from idp.doctor.saying import Said, said
from idp.doctor.specifications import Rule
from idp.doctor.table import case_of
from idp.error_references import Cause
from idp.locales import gettext_noop as _
from idp.oidc import facts
from idp.oidc.clients.metadata import Client
from idp.oidc.facts import Differs

UNKNOWN_HERE = _("Nothing more is known of this failure than its words.")
ASK = _("If trying again does not help, name the reference to the operator.")
REGISTERED = {
    "redirect-uri-not-registered": ("redirect_uri", "redirect_uris"),
    "logout-address": ("post_logout_redirect_uri", "post_logout_redirect_uris"),
    "request-uri-not-registered": ("request_uri", "request_uris"),
}
"""Case -> the parameter, and the field that it has to be one of."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All words are `Said`: who shows them translates them."""

    case: str
    broken: Said
    particulars: tuple[Said, ...]
    rules: tuple[Rule, ...]
    mend: tuple[Said, ...]
    field: str
    """Of the registration, where the change may belong there; empty: in the app's code alone."""
    parameters: tuple[Judged, ...]
    diff: Diff | None


def diagnose(cause: Cause, client: Client | None, own: Iterable[str] = ()) -> Diagnosis:
    """`client`: whose request it was, as it is registered now; `own`: ids of apps of whoever asks, the one of
    which may have been meant where none is known."""
    case = case_of(cause.error, cause.description, cause.detail)
    fact = facts.read(cause.seen.facts)
    found = _diff(cause, case, client, fact)
    if found is None and case is not None and case.name in {"client-unknown", "client-unknown-here"}:
        found = nearest(_value(cause, "client_id"), own)
    return Diagnosis(
        case="" if case is None else case.name,
        broken=said(UNKNOWN_HERE) if case is None else said(case.broken),
        particulars=(*particulars(fact), *(() if found is None else found.differences)),
        rules=() if case is None else case.rules,
        mend=(said(ASK),) if case is None else tuple(said(one) for one in case.mend),
        field="" if case is None else case.field,
        parameters=judged(cause, case),
        diff=found,
    )


def _diff(cause: Cause, case: Case | None, client: Client | None, fact: facts.Fact | None) -> Diff | None:
    if isinstance(fact, Differs) and fact.what in COMPARED and fact.given and fact.expected:
        return diff(fact.given, max(fact.expected, key=lambda one: alike(fact.given, one)))
    if case is None or client is None or case.name not in REGISTERED:
        return None
    parameter, field = REGISTERED[case.name]
    return nearest(_value(cause, parameter), getattr(client.metadata, field))


COMPARED = frozenset(("redirect_uri", "htu", "aud"))


def _value(cause: Cause, name: str) -> str:
    return next((one.value or "" for one in cause.seen.parameters if one.name == name), "")
