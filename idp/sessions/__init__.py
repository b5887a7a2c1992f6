"""The browser's sign-in session: who has signed in here, and what was proved, how and when."""

from idp.sessions.ending import (
    ENDED_AT_ONCE,
    end,
    end_all_of,
    end_licensed,
    end_some,
    leave,
    leave_some,
    leave_those_who_act,
    sweep,
)
from idp.sessions.models import BrowserSession, expires_at, level_of
from idp.sessions.opening import (
    TOUCH_SECONDS,
    act,
    add_proof,
    enter,
    is_touched,
    open,  # noqa: A004 - sessions.open() is what it is called everywhere
    touch,
)
from idp.sessions.signed_in import (
    SIGNED_IN,
    SignIn,
    find,
    from_row,
    living,
    row_of,
    sign_in,
)

COOKIE = "__Host-session"

__all__ = [
    "COOKIE",
    "ENDED_AT_ONCE",
    "SIGNED_IN",
    "TOUCH_SECONDS",
    "BrowserSession",
    "SignIn",
    "act",
    "add_proof",
    "end",
    "end_all_of",
    "end_licensed",
    "end_some",
    "enter",
    "expires_at",
    "find",
    "from_row",
    "is_touched",
    "leave",
    "leave_some",
    "leave_those_who_act",
    "level_of",
    "living",
    "open",
    "row_of",
    "sign_in",
    "sweep",
    "touch",
]
