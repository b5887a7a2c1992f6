"""The state of an app's script as programs read it: docs/sandbox-outcomes.md."""

from collections.abc import Mapping
from typing import Any, Final

from idp.sandbox.outcomes.catalogue import BY_NAME, CATALOGUE, CORRECT_WORDS, Correct
from idp.sandbox.outcomes.scripts import Observed, Script, Scripts, shown

RUNS_SHOWN: Final = 20
TOKEN_REQUESTED, USERINFO_REQUESTED, REFRESH_REQUESTED, ANSWERED, ASKED = (
    "token_requested",
    "userinfo_requested",
    "refresh_requested",
    "answered",
    "asked",
)
FAULTS: Final[Mapping[Correct, frozenset[str]]] = {
    Correct.REFUSES_ANSWER: frozenset({TOKEN_REQUESTED}),
    Correct.REFUSES_TOKENS: frozenset({USERINFO_REQUESTED, REFRESH_REQUESTED}),
    Correct.REFUSES_USERINFO: frozenset({REFRESH_REQUESTED}),
}
"""What a correct app does not do after such an outcome; of the others nothing can be seen from here."""
SUCCESS: Final = range(200, 300)


def fault_seen(outcomes: tuple[str, ...], observed: tuple[Observed, ...]) -> bool:
    """Whether the app was seen to do what a correct one does not."""
    wrong = {what for name in outcomes for what in FAULTS.get(BY_NAME[name].correct, ())}
    return any(one.what in wrong for one in observed)


def logout_fault_seen(outcome: str, status: int | None) -> bool:
    if status is None:
        return False
    if BY_NAME[outcome].correct is Correct.ENDS_ONCE:
        return status not in SUCCESS and status != 400
    if BY_NAME[outcome].correct is Correct.ENDS_ALL:
        return status not in SUCCESS
    return status in SUCCESS


def runs(scripts: Scripts, script: Script) -> list[dict[str, Any]]:
    """The last of them, oldest first."""
    drawn = scripts.drawn(script)
    last = drawn if script.sign_ins is None else min(drawn, script.sign_ins)
    found = []
    for number in range(max(1, last - RUNS_SHOWN + 1), last + 1):
        observed = scripts.observed(script, number)
        answered = next((one.detail for one in observed if one.what == ANSWERED), None)
        found.append(
            {
                "number": number,
                "answer": answered if answered in {None, "code"} else "error",
                "fault_seen": fault_seen(script.outcomes, observed),
                "observed": [{"at": one.at, "what": one.what, "detail": one.detail} for one in observed],
            }
        )
    return found


def logouts(scripts: Scripts, script: Script) -> list[dict[str, Any]]:
    return [
        {**line, "fault_seen": logout_fault_seen(line["outcome"], line["status"])}
        for line in scripts.logouts(script)
    ]


def state(scripts: Scripts, client_id: str) -> dict[str, Any]:
    script = scripts.find(client_id)
    if script is None:
        return {
            "client_id": client_id,
            "script": None,
            "outcomes": [],
            "sign_ins": None,
            "left": None,
            "seconds": None,
            "expires_at": None,
            "runs": [],
            "logouts": [],
        }
    return {
        "client_id": client_id,
        "script": script.id,
        "outcomes": list(script.outcomes),
        "sign_ins": script.sign_ins,
        "left": scripts.left(script),
        "seconds": script.seconds,
        "expires_at": shown(script.expires_at),
        "runs": runs(scripts, script),
        "logouts": logouts(scripts, script),
    }


def catalogue() -> dict[str, Any]:
    return {
        "outcomes": [
            {
                "name": one.name,
                "place": one.place.value,
                "words": one.words,
                "correct": one.correct.value,
                "correct_words": CORRECT_WORDS[one.correct],
                "section": one.section,
            }
            for one in CATALOGUE
        ]
    }
