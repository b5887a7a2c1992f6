"""The requests of an app, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from idp.apps.going_live.models import AppRequest, RequestState
from idp.apps.going_live.packages import PackageRefused
from idp.locales import gettext as _


def state(one: str) -> str:
    return {
        RequestState.OPEN: _("Waits for an approver"),
        RequestState.APPROVED: _("Approved"),
        RequestState.LESSENED: _("Approved, with less than was asked for"),
        RequestState.REFUSED: _("Refused"),
        RequestState.WITHDRAWN: _("Taken back"),
    }[RequestState(one)]


def request_shown(one: AppRequest) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state,
        "state_words": state(one.state),
        "asked_at": one.asked_at,
        "decided_at": one.decided_at,
        "note": one.note,
        "words": one.words,
    }


def requests_shown(found: Sequence[AppRequest]) -> list[dict[str, Any]]:
    return [request_shown(one) for one in found if one.state != RequestState.OPEN]


def report(seen: Mapping[str, Any] | None) -> str:
    """Of the checker, in one sentence."""
    if not seen:
        return _("Never checked.")
    values = {"passed": seen.get("passed", 0), "tried": seen.get("tried", 0)}
    if seen.get("by") == "server":
        return _("%(passed)s of %(tried)s passed, checked by the sandbox.", **values)
    return _("%(passed)s of %(tried)s passed, by a report that the developer brought.", **values)


def package_problem(refused: PackageRefused) -> str:
    words = {
        "size": _("There is no package here, or it is too large. Paste the whole text of the file."),
        "signature": _("Our sandbox has not signed this. Paste the file as it was downloaded."),
        "issuer": _("It is of another sandbox."),
        "age": _("It is older than 30 days. Make a new one in the sandbox."),
        "unreachable": _("The sandbox cannot be reached to check its signature. Try again later."),
    }
    return words.get(refused.reason) or _("This is no package of an app.")
