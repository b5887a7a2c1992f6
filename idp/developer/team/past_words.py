"""The deeds of a team in words: who did what, and to which app."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from idp.apps.models import App, Role
from idp.audit.recorded import Recorded
from idp.developer import people, words
from idp.locales import gettext as _

Told = Callable[[Session, Recorded], str]
BY: Final = {
    "team_member_added": "granted_by",
    "team_member_changed": "changed_by",
    "team_member_removed": "ended_by",
}
"""Where an event's own person is whom it was done to: the field with who did it."""
STATUS: Final = ["status"]


def rows(session: Session, found: Iterable[Recorded], apps: Mapping[str, App]) -> list[dict[str, Any]]:
    """`apps`: of the team, by their ids and by those of their clients."""
    return [
        {
            "at": one.at,
            "who": _who(session, one),
            "what": TOLD[one.name](session, one),
            "app": _app(one, apps),
        }
        for one in found
        if not _is_told_otherwise(one)
    ]


def _is_told_otherwise(one: Recorded) -> bool:
    """Stopping an app by its team is an event of its own."""
    return one.name == "client_changed" and one.person_id is not None and one.fields.get("changed") == STATUS


def _who(session: Session, one: Recorded) -> str:
    person_id = one.fields.get(BY[one.name]) if one.name in BY else one.person_id
    if person_id is not None:
        return people.name(session, str(person_id))
    if one.name == "app_request_decided":
        return words.actor("staff")
    if one.name == "app_check_reported":
        return _("our server") if one.fields.get("by") == "server" else _("a program of the team’s")
    return words.actor(str(one.fields["by"])) if "by" in one.fields else ""


def _app(one: Recorded, apps: Mapping[str, App]) -> dict[str, str] | None:
    """None where the deed was to no app; without an address where that is gone."""
    app_id = str(one.fields.get("app_id", ""))
    app = apps.get(app_id) or apps.get(one.client_id or "")
    if app is not None:
        return {"name": words.app_name(app), "url": f"/developer/apps/{app.id}"}
    return {"name": one.client_id or app_id, "url": ""} if app_id or one.client_id else None


def _role(one: Recorded) -> str:
    given = str(one.fields.get("role", ""))
    return words.role(Role(given)) if given in set(Role) else given


def _whom(session: Session, one: Recorded) -> str:
    return people.name(session, one.person_id or "")


def _listed(one: Recorded) -> str:
    return ", ".join(map(str, one.fields.get("changed", ())))


def _invitation_ended(_session: Session, one: Recorded) -> str:
    return {
        "accepted": _("Used an invitation code"),
        "withdrawn": _("Took an invitation code back"),
    }.get(str(one.fields.get("answer")), _("An invitation code ran out"))


def _member_removed(session: Session, one: Recorded) -> str:
    if one.fields.get("ended_by") == one.person_id:
        return _("Left the team")
    return _("Removed %(name)s from the team", name=_whom(session, one))


def _app_made(_session: Session, one: Recorded) -> str:
    is_a_programs = one.fields.get("kind") == "registered"
    return _("Registered the app by a program, with a token") if is_a_programs else _("Made the app")


def _decided(_session: Session, one: Recorded) -> str:
    return {
        "approved": _("Approved the request to go live or to change"),
        "approved-less": _("Approved less than was asked for"),
        "refused": _("Refused the request to go live or to change"),
    }.get(str(one.fields.get("outcome")), _("Decided on the request to go live or to change"))


def _changed(_session: Session, one: Recorded) -> str:
    if one.fields.get("changed") == STATUS:
        return _("Stopped the app, or let it go on")
    return _("Changed: %(fields)s", fields=_listed(one))


def _report(_session: Session, one: Recorded) -> str:
    values = {"passed": one.fields.get("checks_passed", 0), "tried": one.fields.get("checks_tried", 0)}
    return _("Reported on a check: %(passed)s of %(tried)s passed", **values)


TOLD: Final[Mapping[str, Told]] = {
    "team_made": lambda _s, _e: _("Made the team"),
    "team_renamed": lambda _s, _e: _("Gave the team another name"),
    "team_invitation_made": lambda _s, one: _("Made an invitation code: %(role)s", role=_role(one)),
    "team_invitation_ended": _invitation_ended,
    "team_member_added": lambda s, one: _(
        "Let %(name)s into the team: %(role)s", name=_whom(s, one), role=_role(one)
    ),
    "team_member_changed": lambda s, one: _(
        "Gave %(name)s another role: %(role)s", name=_whom(s, one), role=_role(one)
    ),
    "team_member_removed": _member_removed,
    "initial_token_made": lambda _s, one: _(
        "Made a registration token, for %(count)s apps", count=one.fields.get("uses", 0)
    ),
    "initial_token_ended": lambda _s, _e: _("Ended a registration token"),
    "app_made": _app_made,
    "app_deleted": lambda _s, _e: _("Deleted the app"),
    "app_paused": lambda _s, _e: _("Stopped the app"),
    "app_resumed": lambda _s, _e: _("Let the app go on"),
    "app_watched": lambda _s, _e: _("Had requests noted"),
    "app_unwatched": lambda _s, _e: _("Had requests noted no more"),
    "app_draft_changed": lambda _s, one: _("Changed: %(fields)s", fields=_listed(one)),
    "logout_tried": lambda _s, _e: _("Tried the logout"),
    "app_package_made": lambda _s, _e: _("Downloaded the package for production"),
    "app_package_taken": lambda _s, _e: _("Took the app over from the sandbox"),
    "app_request_made": lambda _s, _e: _("Asked to go live, or to change"),
    "app_request_withdrawn": lambda _s, _e: _("Took the request to go live or to change back"),
    "app_request_decided": _decided,
    "app_check_set_up": lambda _s, _e: _("Said where the check is to look"),
    "app_check_started": lambda _s, _e: _("Began a check of the integration"),
    "app_check_reported": _report,
    "app_check_token_made": lambda _s, _e: _("Made a token for bringing reports"),
    "app_check_token_withdrawn": lambda _s, _e: _("Withdrew the token for bringing reports"),
    "app_badge_turned": lambda _s, one: (
        _("Made the badge public") if one.fields.get("shown") else _("Took the badge away")
    ),
    "client_changed": _changed,
    "client_secret_made": lambda _s, _e: _("Made a secret"),
    "client_secret_revoked": lambda _s, _e: _("Revoked a secret"),
    "sandbox_outcomes_chosen": lambda _s, _e: _("Chose what sign-ins end with"),
    "sandbox_outcomes_ended": lambda _s, _e: _("Let sign-ins end as they do"),
    "sandbox_app_token_made": lambda _s, _e: _("Made a token for choosing outcomes"),
    "sandbox_app_token_withdrawn": lambda _s, _e: _("Withdrew the token for choosing outcomes"),
}
"""Each event that is looked for (`idp.apps.past`)."""
