"""Outcomes and what was seen of them, in words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from idp.locales import gettext as _
from idp.locales import ngettext
from idp.sandbox.outcomes import state
from idp.sandbox.outcomes.catalogue import BY_NAME, CATALOGUE, CORRECT_WORDS, PLACE_WORDS, Place
from idp.sandbox.outcomes.scripts import SLOWEST_SECONDS, Scripts

UNTIL_SWITCHED_OFF: Final = "all"
COUNTS: Final = ("1", "5", "20", UNTIL_SWITCHED_OFF)
USUAL_SECONDS: Final = "5"
OBSERVED: Final[Mapping[str, Callable[[str], str]]] = {
    state.ASKED: lambda _detail: _("The app began a sign-in that is answered elsewhere"),
    state.ANSWERED: lambda detail: (
        _("The answer left, with a code")
        if detail == "code"
        else _("The answer left, with the error %(error)s", error=detail)
    ),
    state.TOKEN_REQUESTED: lambda detail: _(
        "The app asked for tokens with the code, and got %(status)s", status=detail
    ),
    state.USERINFO_REQUESTED: lambda detail: _(
        "The app used the access token at userinfo, and got %(status)s", status=detail
    ),
    state.REFRESH_REQUESTED: lambda detail: _(
        "The app refreshed its tokens, and got %(status)s", status=detail
    ),
}
Form = Mapping[str, str]


def number(typed: str) -> int:
    """0, which no rule allows, for what is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0


def places(form: Form) -> list[dict[str, Any]]:
    """Each place with its outcomes, as a form offers them."""
    return [
        {
            "name": place.value,
            "words": _(PLACE_WORDS[place]),
            "options": [
                {
                    "value": one.name,
                    "words": _(one.words),
                    "chosen": form.get(f"outcome-{place}") == one.name,
                }
                for one in CATALOGUE
                if one.place is place
            ],
        }
        for place in Place
    ]


def counts(form: Form) -> list[dict[str, Any]]:
    chosen = form.get("sign_ins", COUNTS[0])
    return [{"value": value, "words": _count(value), "chosen": value == chosen} for value in COUNTS]


def seconds(form: Form) -> list[dict[str, Any]]:
    chosen = form.get("seconds", USUAL_SECONDS)
    return [
        {
            "value": str(value),
            "words": ngettext("%(num)s second", "%(num)s seconds", value),
            "chosen": str(value) == chosen,
        }
        for value in range(1, SLOWEST_SECONDS + 1)
    ]


def _count(value: str) -> str:
    if value == UNTIL_SWITCHED_OFF:
        return _("All, until it is switched off or an hour is over")
    return ngettext("The next sign-in", "The next %(num)s sign-ins", int(value))


def _words(outcome: str) -> str:
    return _(BY_NAME[outcome].words)


def script(scripts: Scripts, client_id: str) -> dict[str, Any]:
    """What is forced now, and what the app did: `held` (or none), `runs` and `logouts`."""
    found = state.state(scripts, client_id)
    if found["script"] is None:
        return {"held": None, "runs": [], "logouts": []}
    return {
        "held": {
            "outcomes": [
                {
                    "name": name,
                    "words": _words(name),
                    "correct": _(CORRECT_WORDS[BY_NAME[name].correct]),
                    "section": BY_NAME[name].section,
                }
                for name in found["outcomes"]
            ],
            "left": found["left"],
            "seconds": found["seconds"],
            "until": datetime.fromisoformat(found["expires_at"]),
        },
        "runs": [
            {
                "number": run["number"],
                "fault_seen": run["fault_seen"],
                "observed": [
                    {"at": datetime.fromisoformat(one["at"]), "words": OBSERVED[one["what"]](one["detail"])}
                    for one in run["observed"]
                ],
            }
            for run in reversed(found["runs"])
        ],
        "logouts": [
            {
                "at": datetime.fromisoformat(one["at"]),
                "words": _words(one["outcome"]),
                "status": one["status"],
                "fault_seen": one["fault_seen"],
            }
            for one in reversed(found["logouts"])
        ],
    }
