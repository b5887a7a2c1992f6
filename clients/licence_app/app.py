"""The app's pages: read a code, see who asks, confirm with the PIN or refuse, read the digits out."""

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from flask import Flask, Response, abort, redirect, render_template, request, session, url_for

from clients.licence_app import locale
from clients.licence_app.link import NotALink, read_link
from clients.licence_app.provider import Provider, Refused
from clients.licence_app.requests_held import Held, RequestsHeld
from clients.licence_app.scanning import read_picture
from clients.licence_app.statement import NotAStatement, read_statement
from clients.licence_app.wallet import NotALicence, PinWrong, Wallet

Clock = Callable[[], datetime]
Connect = Callable[[str, str], Provider]
"""With an issuer and the person's language."""
Page = str | Response | tuple[str, int]

CHINA: Final = timezone(timedelta(hours=8))
PICTURE_BYTES_AT_MOST: Final = 16 * 1024 * 1024
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
WORDS_OF: Final = frozenset(
    (
        *("unknown_code", "unknown_request", "wrong_state", "too_many_requests", "temporarily_unavailable"),
        *("unreachable", "licence_refused", "slow_down", "other_network"),
    )
)
"""Errors that the texts have words for; of others they say that the provider answered strangely."""
TRANSIENT: Final = frozenset({"unreachable", "temporarily_unavailable", "too_many_requests", "slow_down"})
"""After these the same may be tried again."""


def create_app(
    wallet: Wallet,
    providers: Sequence[str],
    *,
    hosts: Sequence[str],
    connect: Connect = Provider,
    clock: Clock = lambda: datetime.now(UTC),
) -> Flask:
    """`hosts`: by which names it may be called."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),
        SESSION_COOKIE_NAME="licence-app",
        SESSION_COOKIE_HTTPONLY=True,
        # Whoever comes by a link from another site is not led to a signature by it.
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=PICTURE_BYTES_AT_MOST,
    )
    pages = Pages(wallet, providers, RequestsHeld(clock), connect, clock)
    app.before_request(_Guard(hosts))
    app.after_request(_protect)
    app.context_processor(pages.context)
    app.get("/", endpoint="home")(pages.home)
    app.get("/open", endpoint="open")(pages.open)
    app.post("/read", endpoint="read")(pages.read)
    app.get("/requests/<request_id>", endpoint="asked")(pages.asked)
    app.post("/requests/<request_id>", endpoint="answer")(pages.answer)
    return app


class Pages:
    def __init__(
        self,
        wallet: Wallet,
        providers: Sequence[str],
        requests_held: RequestsHeld,
        connect: Connect,
        clock: Clock,
    ) -> None:
        self._wallet = wallet
        self._providers = providers
        self._held = requests_held
        self._connect = connect
        self._clock = clock

    def home(self) -> Page:
        return render_template("home.html", licences=list(self._wallet))

    def open(self) -> Page:
        """Where a page on this device leads. What stands behind the # only the script sees."""
        return render_template("open.html")

    def read(self) -> Page:
        picture = request.files.get("picture")
        text = request.form.get("link", "")
        if picture is not None and picture.filename:
            text = read_picture(picture.read()) or ""
            if not text:
                return self._home("no_code", 422)
        try:
            link = read_link(text, self._providers)
        except NotALink as problem:
            return self._home(f"link_{problem.reason}", 422)
        try:
            asked = self._provider(link.issuer).scan(link.code)
            statement = read_statement(asked.sign, issuer=link.issuer, code=link.code, now=self._clock())
        except Refused as refused:
            return self._home(_kind(refused), 502)
        except NotAStatement:
            return self._home("invalid_answer", 502)
        return _see(self._held.keep(asked, statement))

    def asked(self, request_id: str) -> Page:
        held = self._find(request_id)
        if held.confirmed is not None and not held.over:
            self._look(held)
        return self._show(held)

    def answer(self, request_id: str) -> Page:
        held = self._find(request_id)
        decision = request.form.get("decision", "")
        if held.over:
            return _see(held)
        if decision == "confirm" and held.confirmed is None:
            return self._confirm(held)
        if decision in {"declined", "not_mine"}:
            self._end(
                held, decision, lambda: self._of(held).refuse(held.asked, is_mine=decision == "declined")
            )
        return _see(held)

    def context(self) -> dict[str, Any]:
        tag = locale.current()
        session.setdefault("csrf_token", secrets.token_urlsafe(24))
        return {
            "t": locale.texts(tag),
            "locale": tag,
            "csrf_token": session["csrf_token"],
            "moment": lambda at: at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        }

    def _confirm(self, held: Held) -> Page:
        try:
            licence = self._wallet.find(request.form.get("licence", ""))
            key = self._wallet.open(licence, request.form.get("pin", ""))
        except NotALicence:
            return self._show(held, 422, problem="no_licence")
        except PinWrong as wrong:
            problem = "pin_wrong" if wrong.left else "pin_locked"
            return self._show(held, 422, problem=problem, tries_left=wrong.left)

        def confirm() -> None:
            held.confirmed = self._of(held).confirm(held.asked, licence.certificates, key)

        self._end(held, "", confirm)
        return _see(held)

    def _end(self, held: Held, over: str, call: Callable[[], None]) -> None:
        """What became of it; where nobody could be asked, the person may try again."""
        try:
            call()
            held.over, held.problem = over, ""
        except Refused as refused:
            kind = _kind(refused)
            if kind in TRANSIENT:
                held.problem = kind
            else:
                held.over, held.message = kind, refused.message

    def _look(self, held: Held) -> None:
        try:
            state = self._of(held).state(held.asked)
        except Refused:
            return
        if state != "confirmed":
            held.over = f"state_{state}" if state in {"taken", "refused", "expired"} else ""

    def _show(self, held: Held, status: int = 200, **shown: object) -> Page:
        licences = [one for one in self._wallet if not one.is_locked]
        shown.setdefault("problem", held.problem)
        page = render_template("asked.html", held=held, asks=held.statement, licences=licences, **shown)
        return page, status

    def _home(self, problem: str, status: int) -> Page:
        return render_template("home.html", licences=list(self._wallet), problem=problem), status

    def _find(self, request_id: str) -> Held:
        return self._held.find(request_id) or abort(404)

    def _of(self, held: Held) -> Provider:
        return self._provider(held.asked.issuer)

    def _provider(self, issuer: str) -> Provider:
        return self._connect(issuer, locale.current())


class _Guard:
    """A page of another site may call this computer: by a name that it has pointed here, or by a form."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = frozenset(hosts)

    def __call__(self) -> None:
        if request.host not in self._hosts:
            abort(421)
        if request.method == "POST":
            given = request.form.get("csrf_token", "")
            known = session.get("csrf_token", "")
            if not known or not secrets.compare_digest(given.encode(), known.encode()):
                abort(403)


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response


def _kind(refused: Refused) -> str:
    return refused.error if refused.error in WORDS_OF else "invalid_answer"


def _see(held: Held) -> Response:
    response: Response = redirect(url_for("asked", request_id=held.id), 303)  # type: ignore[assignment]
    return response
