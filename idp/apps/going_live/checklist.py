"""What an app needs before people may use it: the machine ticks what it can see.

An item that is missing keeps a request from being made; one that is advised is shown to whoever decides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from idp.apps import reasons as reasons_of
from idp.apps.going_live.packages import GOOD_DAYS, Seen, is_for_production, thumbprints, tried
from idp.locales import gettext_noop
from idp.oidc.clients.metadata import ClientMetadata

SETTINGS, SCOPES, KEYS, CHECKER = "/settings", "/scopes", "/keys", "/checker"
USING = "using"
"""In place of a section: by signing in to it."""
BY_KEY = "private_key_jwt"
SIMPLIFIED = "zh-CN"


class Outcome(StrEnum):
    DONE = "done"
    MISSING = "missing"
    ADVISED = "advised"
    """Better with it; whoever decides sees that it is not there."""
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    words: str
    """Marked by `gettext_noop`."""
    outcome: Outcome
    section: str
    """Of the app, where it is mended, with the field; or `USING`."""

    @property
    def is_missing(self) -> bool:
        return self.outcome is Outcome.MISSING


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at."""

    metadata: ClientMetadata
    reasons: Mapping[str, str]
    seen: Seen | None
    """None: nobody has seen it in the sandbox."""
    is_sandbox: bool
    """There addresses may still be those of a developer's machine, and keys are those of the sandbox."""
    now: datetime
    sandbox_keys: frozenset[str] = field(default=frozenset())
    """Thumbprints."""
    is_live: bool = False
    """What was seen of it in the sandbox is long past: people use it."""

    @property
    def signs_in(self) -> bool:
        return "authorization_code" in self.metadata.grant_types

    @property
    def tells_of_people(self) -> bool:
        return bool(reasons_of.wanted(self.metadata)) and self.signs_in


Look = Callable[[Asked], Outcome]


def _named(asked: Asked) -> Outcome:
    return _needed(SIMPLIFIED in asked.metadata.localized.get("client_name", {}))


def _addresses(asked: Asked) -> Outcome:
    if asked.is_sandbox or not asked.signs_in:
        return Outcome.NOT_NEEDED
    native = asked.metadata.application_type == "native"
    fit = all(is_for_production(uri, native=native) for uri in _addresses_of(asked.metadata))
    return _needed(bool(asked.metadata.redirect_uris) and fit)


def _reasons(asked: Asked) -> Outcome:
    if not reasons_of.wanted(asked.metadata):
        return Outcome.NOT_NEEDED
    return _needed(not reasons_of.missing(asked.metadata, asked.reasons))


def _purpose(asked: Asked) -> Outcome:
    if not asked.tells_of_people:
        return Outcome.NOT_NEEDED
    return _needed(SIMPLIFIED in asked.metadata.localized.get("purpose", {}))


def _policy(asked: Asked) -> Outcome:
    if not asked.tells_of_people:
        return Outcome.NOT_NEEDED
    return _needed(bool(asked.metadata.localized.get("policy_uri")))


def _contacts(asked: Asked) -> Outcome:
    return _needed(bool(asked.metadata.contacts))


def _keys(asked: Asked) -> Outcome:
    if asked.metadata.token_endpoint_auth_method != BY_KEY:
        return Outcome.NOT_NEEDED
    return _needed(bool(asked.metadata.jwks or asked.metadata.jwks_uri))


def _own_keys(asked: Asked) -> Outcome:
    """A key that two environments share is one that a developer's machine may have."""
    if asked.is_sandbox or not asked.metadata.jwks:
        return Outcome.NOT_NEEDED
    return _needed(asked.sandbox_keys.isdisjoint(thumbprints(asked.metadata.jwks)))


def _signed_in(asked: Asked) -> Outcome:
    if not asked.signs_in or asked.is_live:
        return Outcome.NOT_NEEDED
    return _needed(asked.seen is not None and asked.seen.sign_ins > 0)


def _checked(asked: Asked) -> Outcome:
    if not asked.signs_in:
        return Outcome.NOT_NEEDED
    report = None if asked.seen is None else asked.seen.report
    has_passed = report is not None and report.get("has_passed") is True and _is_fresh(report, asked.now)
    return Outcome.ADVISED if asked.is_live and not has_passed else _needed(has_passed)


def _checked_by_us(asked: Asked) -> Outcome:
    report = None if asked.seen is None else asked.seen.report
    if not asked.signs_in or report is None:
        return Outcome.NOT_NEEDED
    return Outcome.DONE if report.get("by") == "server" else Outcome.ADVISED


def _checked_as_it_is(asked: Asked) -> Outcome:
    """Drafts are edited, and apps change after a check: whoever decides reads that it speaks of another."""
    report = None if asked.seen is None else asked.seen.report
    if not asked.signs_in or asked.is_live or report is None:
        return Outcome.NOT_NEEDED
    return Outcome.DONE if report.get("registration") == tried(asked.metadata) else Outcome.ADVISED


def _logout(asked: Asked) -> Outcome:
    if not asked.signs_in:
        return Outcome.NOT_NEEDED
    told = asked.metadata.backchannel_logout_uri or asked.metadata.frontchannel_logout_uri
    return Outcome.DONE if told else Outcome.ADVISED


def _logo(asked: Asked) -> Outcome:
    if not asked.signs_in:
        return Outcome.NOT_NEEDED
    return Outcome.DONE if asked.metadata.localized.get("logo_uri") else Outcome.ADVISED


def _terms(asked: Asked) -> Outcome:
    if not asked.signs_in:
        return Outcome.NOT_NEEDED
    return Outcome.DONE if asked.metadata.localized.get("tos_uri") else Outcome.ADVISED


LOOKS: Sequence[tuple[str, str, str, Look]] = (
    (
        "named",
        gettext_noop("It has a name in Simplified Chinese."),
        f"{SETTINGS}#field-client_name--{SIMPLIFIED}",
        _named,
    ),
    (
        "addresses",
        gettext_noop("People come back to addresses of https that are not on a developer's machine."),
        f"{SETTINGS}#field-redirect_uris",
        _addresses,
    ),
    ("reasons", gettext_noop("It says why it asks for each scope."), f"{SCOPES}#scopes", _reasons),
    (
        "purpose",
        gettext_noop("It tells people in Simplified Chinese what for."),
        f"{SCOPES}#field-purpose--{SIMPLIFIED}",
        _purpose,
    ),
    ("policy", gettext_noop("People can read its privacy notice."), f"{SETTINGS}#field-policy_uri", _policy),
    (
        "contacts",
        gettext_noop("Somebody can be reached if something goes wrong."),
        f"{SETTINGS}#field-contacts",
        _contacts,
    ),
    ("keys", gettext_noop("It proves itself by a key, and the key is there."), KEYS, _keys),
    ("own-keys", gettext_noop("Its keys are not those of the sandbox."), KEYS, _own_keys),
    ("signed-in", gettext_noop("Somebody has signed in to it in the sandbox."), USING, _signed_in),
    (
        "checked",
        gettext_noop("The check of its integration has passed, within the last 30 days."),
        CHECKER,
        _checked,
    ),
    ("checked-by-us", gettext_noop("That check was run by us."), CHECKER, _checked_by_us),
    (
        "checked-as-it-is",
        gettext_noop("That check was of the registration as it stands: how the app signs in is the same."),
        CHECKER,
        _checked_as_it_is,
    ),
    ("logout", gettext_noop("It is told when somebody signs out."), f"{SETTINGS}#group-logout", _logout),
    (
        "logo",
        gettext_noop("It has a logo, by which people find it where they agree."),
        f"{SETTINGS}#field-logo_uri",
        _logo,
    ),
    ("terms", gettext_noop("People can read its terms of use."), f"{SETTINGS}#field-tos_uri", _terms),
)
SEEN = frozenset({USING, CHECKER})
"""Where things are mended that the sandbox has to see."""
WORDS: Mapping[str, str] = {name: words for name, words, _section, _look in LOOKS}


def checklist(asked: Asked) -> tuple[Item, ...]:
    """Without what this kind of app does not need."""
    items = (Item(name, words, look(asked), section) for name, words, section, look in LOOKS)
    return tuple(one for one in items if one.outcome is not Outcome.NOT_NEEDED)


def lacking(asked: Asked) -> tuple[Item, ...]:
    """What its registration lacks; nobody looks at what the sandbox has seen of it."""
    return tuple(
        one for one in checklist(asked) if one.outcome is not Outcome.DONE and one.section not in SEEN
    )


def report_told(
    by: str,
    made_at: datetime,
    has_passed: bool,
    counted: tuple[int, int],
    failed: Sequence[str],
    registration: str,
) -> dict[str, Any]:
    """As a package holds it. `registration`: which one it looked at (`packages.tried`)."""
    return {
        "by": by,
        "made_at": made_at.isoformat(timespec="seconds"),
        "has_passed": has_passed,
        "passed": counted[0],
        "tried": counted[1],
        "failed": list(failed),
        "registration": registration,
    }


def _needed(is_there: bool) -> Outcome:
    return Outcome.DONE if is_there else Outcome.MISSING


def _is_fresh(report: Mapping[str, Any], now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(str(report.get("made_at"))) < timedelta(days=GOOD_DAYS)
    except (TypeError, ValueError):
        return False


def _addresses_of(metadata: ClientMetadata) -> tuple[str, ...]:
    single = (
        metadata.backchannel_logout_uri,
        metadata.frontchannel_logout_uri,
        metadata.initiate_login_uri,
    )
    return (
        *metadata.redirect_uris,
        *metadata.post_logout_redirect_uris,
        *(one for one in single if one is not None),
    )
