"""Samples of the doctor's page and of an app's requests: diagnoses as the doctor makes them."""

from datetime import timedelta
from typing import Any

from idp.developer import diagnosed
from idp.doctor.diagnosis import diagnose
from idp.error_references import Cause, Parameter, Seen
from idp.oidc import facts
from idp.oidc.clients.metadata import Client, read
from idp.oidc.facts import KeyNotFound, Skewed
from tests.contracts.sample_developer_usage import APP, NOW, SECTIONS

PATH = "/developer/apps/a"
CONSOLE: dict[str, Any] = {"here": None, "sections": SECTIONS, "app": None, "app_sections": []}
OF_APP: dict[str, Any] = {
    "here": None,
    "sections": SECTIONS,
    "app": APP,
    "app_sections": [
        {"url": PATH, "words": "Overview", "current": False},
        {"url": f"{PATH}/requests", "words": "Requests", "current": True},
    ],
}
CLIENT = Client(
    read(
        {
            "client_id": "hall",
            "sector": "hall.example",
            "client_name": "Hall",
            "redirect_uris": [
                "https://hall.example.gov.cn/oidc/callback",
                "http://hall.localhost:8001/callback",
            ],
        }
    ),
    (),
    True,
)
GIVEN = "http://hall.ex\u0430mple.gov.cn:8443/oidc/Callback/"
ASKED = (
    Parameter("client_id", "hall", 4, "query"),
    Parameter("redirect_uri", GIVEN, len(GIVEN), "query"),
    Parameter("response_type", "code", 4, "query"),
    Parameter("scope", "openid profile offline_access", 29, "query"),
    Parameter("state", None, 43, "query", "base64url"),
    Parameter("code_challenge", None, 43, "query", "base64url"),
    Parameter("code_challenge_method", "S256", 4, "query"),
    Parameter("utm_source", None, 12, "query", "text", 2),
)
MISTYPED = Cause(
    *(NOW, "oidc.authorize", "invalid_request", "redirect_uri is not registered for this client.", "given"),
    client_id="hall",
    seen=Seen("GET", "/oauth2/authorize", ASKED),
)
SIGNED = (
    Parameter(
        "client_assertion",
        '{"header": {"alg": "ES256", "kid": "2026-10"}, "claims": {"iss": "hall"}}',
        700,
        "form",
    ),
    Parameter("grant_type", "authorization_code", 18, "form"),
    Parameter("code", None, 43, "form", "base64url"),
)
UNKNOWN_KEY = Cause(
    *(NOW, "token", "invalid_client", "Client authentication failed."),
    "client_assertion: no key fits kid and algorithm",
    client_id="hall",
    seen=Seen(
        *("POST", "/oauth2/token", SIGNED),
        facts.written(
            KeyNotFound("2026-10", "ES256", ("2026-11", "k" * 100), "jwks_uri", 1795334400, "keys")
        ),
    ),
)
GOOD = Cause(NOW, "authorize", "", "page", client_id="hall", seen=Seen("GET", "/oauth2/authorize", ASKED))
AHEAD = Cause(
    *(NOW, "token", "invalid_client", "Client authentication failed."),
    "client_assertion: iat or nbf lies in the future",
    client_id="hall",
    seen=Seen("POST", "/oauth2/token", SIGNED, facts.written(Skewed("iat", 95, 10))),
)


def looked_up(cause: Cause, *, app: bool = True) -> dict[str, Any]:
    found = {
        "at": cause.at,
        "method": cause.seen.method,
        "path": cause.seen.path,
        "error": cause.error,
        "description": cause.description,
        "detail": cause.detail,
        "client_id": cause.client_id,
        "app_url": PATH if app else None,
        "diagnosis": diagnosed.shown(diagnose(cause, CLIENT), PATH if app else None),
    }
    return CONSOLE | {"typed": "K7F3-9QXM", "found": found}


def line(number: int, **changes: Any) -> dict[str, Any]:
    at = NOW - timedelta(seconds=number)
    return {
        "url": f"{PATH}/requests/{number}",
        "at": at,
        "time": f"{at:%H:%M:%S}",
        "method": "POST",
        "path": "/oauth2/token",
        "status": 200,
        "has_failed": False,
        "outcome": "Answered",
        "milliseconds": 3,
        **changes,
    }


def listed(**changes: Any) -> dict[str, Any]:
    refused = "invalid_grant (redirect_uri differs from the authorization request.)"
    return OF_APP | {
        "until": NOW + timedelta(minutes=23),
        "minutes": 30,
        "may_watch": True,
        "failed_alone": False,
        "is_live": False,
        "is_all": False,
        "has_more": True,
        "refresh_seconds": 5,
        "requests": [
            line(1),
            line(2, status=400, has_failed=True, outcome=refused, milliseconds=None),
            line(3, method="GET", path="/oauth2/authorize", outcome="Code sent back"),
            line(4, path="/oauth2/backchannel/authentication", milliseconds=1204),
        ],
        **changes,
    }


def one(**changes: Any) -> dict[str, Any]:
    answer = [
        {"name": "access_token", "value": "•••"},
        {
            "name": "id_token",
            "value": '{"iss": "https://id.example", "acr": "urn:yitong:acr:2", "name": "张三丰"}',
        },
        {"name": "expires_in", "value": "600"},
    ]
    return OF_APP | {
        "one": line(1),
        "list_url": f"{PATH}/requests",
        "detail": None,
        "address": "192.0.2.1",
        "answer": answer,
        "diagnosis": None,
        "parameters": diagnosed.shown(diagnose(GOOD, CLIENT), None)["parameters"],
        **changes,
    }


def pages() -> dict[str, tuple[str, dict[str, Any]]]:
    errors, requests = "developer/doctor/errors.html", "developer/requests/requests.html"
    request = "developer/requests/request.html"
    failed = {
        "one": line(2, has_failed=True, status=401, outcome="invalid_client (Client authentication failed.)")
    }
    return {
        "doctor": (errors, CONSOLE | {"typed": ""}),
        "doctor, nothing found": (
            errors,
            CONSOLE | {"typed": "K7F3-9QXM", "problem": "There is no such reference."},
        ),
        "doctor, address": (errors, looked_up(MISTYPED)),
        "doctor, unknown key": (errors, looked_up(UNKNOWN_KEY)),
        "doctor, clock": (errors, looked_up(AHEAD)),
        "doctor, of nobody": (errors, looked_up(MISTYPED, app=False)),
        "requests": (requests, listed()),
        "requests, nobody watches": (requests, listed(until=None, requests=[], has_more=False)),
        "requests, viewer": (requests, listed(until=None, requests=[], has_more=False, may_watch=False)),
        "requests, failed alone, live": (requests, listed(failed_alone=True, is_live=True, requests=[])),
        "request": (request, one()),
        "request, failed": (request, one(**failed, diagnosis=looked_up(AHEAD)["found"]["diagnosis"])),
    }


DEVELOPER_DOCTOR = pages()
