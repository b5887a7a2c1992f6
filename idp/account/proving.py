"""Asking, on pages of the account, that the person proves more or proves it anew, and leading back there."""

from flask import Response, abort

from idp.account.home_views import level_here
from idp.login.enrolment.place import start_for_our_own_pages
from idp.login.visits import current_sign_in
from idp.sessions import SignIn


def signed_in_at(target: str, *, level: int = 1) -> SignIn:
    """Who is signed in at this level or above; leads to the sign-in, or to what is missing, and back to
    `target` (a path of ours) where nobody is.

    Level 3 is a proof of the last minutes (`protocol.presence_seconds`).
    """
    signed_in = current_sign_in()
    if signed_in is None or level_here(signed_in) < level:
        abort(ask_for(level, target))
    return signed_in


def ask_for(level: int, target: str) -> Response:
    return start_for_our_own_pages(target, level=level).lead_on()
