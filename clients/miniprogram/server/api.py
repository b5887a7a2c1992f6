"""What the mini-program asks: JSON, with its handle as a bearer, and `{"error": ...}` where it is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from clients.miniprogram.server import waiting
from clients.miniprogram.server.onetime import NotTaken, OneTime, Unknown
from clients.miniprogram.server.sessions import Session, Sessions
from clients.miniprogram.server.wechat import CodeRefused, OpenIds, WeChatUnreachable
from clients.sdk import Store, Visit

HIGHEST_LEVEL = 3
"""What the services here ask for."""
SERVICES = {"records": 2, "filing": 3}
"""Each with the level that it needs."""
HANDLE_CHARACTERS_AT_MOST = 64


class Api:
    def __init__(
        self,
        *,
        origin: str,
        store: Store,
        sessions: Sessions,
        openids: OpenIds,
        tickets: OneTime,
        codes: OneTime,
        clock: Callable[[], datetime],
    ) -> None:
        self._origin = origin
        self._store = store
        self._sessions = sessions
        self._openids = openids
        self._tickets = tickets
        self._codes = codes
        self._clock = clock

    def blueprint(self) -> Blueprint:
        found = Blueprint("api", __name__, url_prefix="/api")
        found.post("/session")(self.session)
        found.post("/sign-ins")(self.begin)
        found.post("/handovers")(self.hand_over)
        found.get("/me")(self.me)
        found.get("/services/<key>")(self.service)
        found.post("/sign-out")(self.sign_out)
        found.after_request(_kept_by_nobody)
        return found

    def session(self) -> ResponseReturnValue:
        """From the code of `wx.login` to a handle. Whose telephone it is nobody knows by that."""
        try:
            openid = self._openids(_text("code"))
        except CodeRefused:
            _refuse(400, "login_code_refused")
        except WeChatUnreachable:
            _refuse(503, "wechat_unreachable")
        return jsonify(session=self._sessions.open(openid).handle, person=None)

    def begin(self) -> ResponseReturnValue:
        """The address that opens the sign-in in a web-view. `level`: what the service needs."""
        session = self._here()
        level = _json().get("level", 2)
        if isinstance(level, bool) or not isinstance(level, int) or not 2 <= level <= HIGHEST_LEVEL:
            _refuse(400, "invalid_request")
        ticket = self._tickets.give(session.start, str(level))
        return jsonify(url=f"{self._origin}/open/{ticket}")

    def hand_over(self) -> ResponseReturnValue:
        """The code that the web-view handed back, for the sign-in; and a new handle, as the old one ends."""
        session = self._here()
        try:
            sign_in = waiting.take(self._store, self._codes.take(_text("code"), session.start))
            if sign_in is None:
                raise Unknown
        except NotTaken as problem:
            _refuse(409, problem.error)
        opened = self._sessions.sign_in(session, sign_in)
        person = self._person(opened.session.visit)
        return jsonify(session=opened.handle, person=person, is_another_person=opened.is_another_person)

    def me(self) -> ResponseReturnValue:
        return jsonify(person=self._person(self._here().visit))

    def service(self, key: str) -> ResponseReturnValue:
        session = self._here()
        needed = SERVICES.get(key)
        if needed is None:
            _refuse(404, "service_unknown")
        visit = session.visit
        if visit is None:
            _refuse(403, "sign_in_needed", level=needed)
        if visit.sign_in.level(self._clock()) < needed:
            # Levels run out: asked at the deed, not at the sign-in.
            _refuse(403, "level_too_low", level=needed)
        return jsonify(service=key, opened=True)

    def sign_out(self) -> ResponseReturnValue:
        """And the address that ends the session at the provider, too, in a web-view."""
        session = self._here()
        visit = session.visit
        if visit is None:
            return jsonify(url=None)
        ticket = self._tickets.give(session.start, f"out:{visit.sign_in.id_token}")
        self._sessions.end(session)
        return jsonify(url=f"{self._origin}/open/{ticket}")

    def _here(self) -> Session:
        scheme, _, handle = request.headers.get("Authorization", "").partition(" ")
        found = None
        if scheme.lower() == "bearer" and len(handle) <= HANDLE_CHARACTERS_AT_MOST:
            found = self._sessions.find(handle)
        if found is None:
            _refuse(401, "session_unknown")
        return found

    def _person(self, visit: Visit | None) -> dict[str, Any] | None:
        if visit is None:
            return None
        claims = visit.sign_in.claims
        return {"name": claims.get("name", ""), "level": visit.sign_in.level(self._clock())}


def _json() -> dict[str, Any]:
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        _refuse(400, "invalid_request")
    return found


def _text(name: str) -> str:
    value = _json().get(name)
    if not isinstance(value, str) or "\0" in value:
        _refuse(400, "invalid_request")
    return value


def _refuse(status: int, error: str, **more: Any) -> NoReturn:
    abort(make_response(jsonify(error=error, **more), status))


def _kept_by_nobody(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
