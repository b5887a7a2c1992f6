"""What the extension answers where the application has no page of its own for it: plain, in two languages."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from flask import Request, current_app
from werkzeug.wrappers import Response

from . import challenges
from .challenges import StepUpNeeded
from .errors import (
    AnswerRejected,
    Busy,
    Cancelled,
    NotStartedHere,
    ProviderUnreachable,
    RelyingPartyError,
    SignInRefused,
)
from .levels import LevelTooLow

WAIT_SECONDS = 30
WORDS: dict[type[RelyingPartyError], tuple[int, str, str]] = {
    Cancelled: (200, "未登录，没有提供任何信息。", "You did not sign in, and nothing was shared."),
    NotStartedHere: (
        400,
        "登录页面已失效，请重新登录。",
        "This sign-in is over or not from this browser. Sign in again.",
    ),
    ProviderUnreachable: (
        503,
        "认证服务暂时不可用，请稍后再试。",
        "The sign-in service cannot be reached. Try again soon.",
    ),
    AnswerRejected: (
        502,
        "登录未通过校验，请重试。",
        "The answer of the sign-in service failed a check. Try again.",
    ),
    LevelTooLow: (403, "本服务需要更高的认证等级。", "This page needs a higher level of assurance."),
    SignInRefused: (403, "登录未成功。", "The sign-in did not succeed."),
    RelyingPartyError: (403, "您的授权不包含此事项。", "Your mandate does not cover this."),
}
"""Failure -> status, and words in Chinese and English. The first that fits, of a failure's own class and its
bases."""


def refused(problem: RelyingPartyError) -> Response:
    """A page, and a line for the developer. It is no secret what failed, and nothing of the person is in
    it."""
    status, chinese, english = next(WORDS[kind] for kind in type(problem).__mro__ if kind in WORDS)
    current_app.logger.warning("sign-in refused: %s: %s", getattr(problem, "error", "refused"), problem)
    # The provider's words hold the reference that its service desk asks for.
    said = (
        problem.description if isinstance(problem, SignInRefused) and type(problem) is SignInRefused else ""
    )
    body = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>{chinese}</title><h1>{chinese}</h1><p lang="en">{english}</p>'
        f"{f'<p lang=en>{escape(said)}</p>' if said else ''}</html>"
    )
    headers = {
        "Cache-Control": "no-store",
        # The callback's address holds a code: it goes to nobody as a referrer.
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        **({"Retry-After": str(_wait_seconds(problem))} if status == 503 else {}),
    }
    return Response(body, status, headers, content_type="text/html; charset=utf-8")


def _wait_seconds(problem: RelyingPartyError) -> int:
    told = problem.retry_after if isinstance(problem, Busy) else None
    return WAIT_SECONDS if told is None else told


def challenge(problem: RelyingPartyError, *, sign_in: str) -> Response:
    """For what is no page: a form, a script. 401 as RFC 9470 section 3 has it, or RFC 6750 without a
    sign-in."""
    if isinstance(problem, StepUpNeeded):
        error, header = challenges.ERROR, challenges.header(problem.level, problem.max_age)
    else:
        error, header = "login_required", 'Bearer realm="sign-in"'
    told = as_json({"error": error, "error_description": str(problem), "sign_in": sign_in}, 401)
    told.headers["WWW-Authenticate"] = header
    return told


def as_json(told: Mapping[str, Any], status: int) -> Response:
    return Response(json.dumps(told), status, {"Cache-Control": "no-store"}, content_type="application/json")


def is_page(request: Request) -> bool:
    """Whether somebody opens a page, who can be led elsewhere and back to it."""
    if request.method not in ("GET", "HEAD"):
        return False
    # Fetch Metadata, where the browser sends it
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return False
    kinds = request.accept_mimetypes
    return not kinds or (kinds["text/html"] >= kinds["application/json"] and kinds["text/html"] > 0)
