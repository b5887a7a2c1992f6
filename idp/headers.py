"""Headers of every page: what the browser may load, and what it may not do with the page."""

from collections.abc import Iterable

from flask import Flask, Response, g, request

CAMERA_PAGES = frozenset({"login.face_capture", "login.enrol_face_capture", "window.face_capture"})
BASE_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}

ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
OPENER = "Cross-Origin-Opener-Policy"
HSTS = "max-age=63072000; includeSubDomains"


def allow_form_action(source: str) -> None:
    """Let this page's forms lead on to `source`, an origin or a scheme: browsers apply the policy to
    the redirects that follow a form, so the consent page names where its answer goes."""
    g.setdefault("form_actions", []).append(source)


def allow_frame(source: str) -> None:
    """Let this page load frames of `source`, an origin; no page may load any otherwise."""
    g.setdefault("frame_sources", []).append(source)


def allow_connect(source: str) -> None:
    """Let this page's scripts ask at `source`, an origin, besides our own."""
    g.setdefault("connect_sources", []).append(source)


def keep_opener() -> None:
    """Leave this answer's window with the one that opened it (HTML standard, section 7.1.3); any other is
    parted from it."""
    g.keeps_opener = True


def beside_a_redirect(*, hsts: bool, says_opener: bool = False) -> tuple[tuple[str, str], ...]:
    """What `init_app` adds to an answer that is no page and says itself how long it may be kept, and who may
    learn of it. `says_opener`: and what becomes of the window that opened it."""
    transport = (("Strict-Transport-Security", HSTS),) if hsts else ()
    return (
        ("Content-Security-Policy", f"{_policy()}; form-action 'self'"),
        ("Permissions-Policy", _permissions("()")),
        *ALWAYS,
        *(() if says_opener else ((OPENER, "same-origin"),)),
        *transport,
    )


def init_app(app: Flask, *, hsts: bool) -> None:
    """`hsts`: RFC 6797. Not for localhost, where it would force https on every other port too."""
    app.config["HSTS"] = hsts

    def add(response: Response) -> Response:
        if g.get("response_is_complete"):  # the fast path gives the same answer, without these
            return response
        forms = " ".join(["'self'", *g.get("form_actions", [])])
        policy = _policy(g.get("connect_sources", ()))
        if frames := dict.fromkeys(g.get("frame_sources", [])):
            policy += f"; frame-src {' '.join(frames)}"
        headers = response.headers
        headers.setdefault("Content-Security-Policy", f"{policy}; form-action {forms}")
        camera = "(self)" if request.endpoint in CAMERA_PAGES else "()"
        headers["Permissions-Policy"] = _permissions(camera)
        # Nothing to other sites. With "no-referrer" a form would name its origin as "null" (Fetch standard,
        # section 3.2), and browsers without Sec-Fetch-Site, such as old web-views, could send none.
        headers.setdefault("Referrer-Policy", "same-origin")
        for name, value in ALWAYS:
            headers[name] = value
        headers.setdefault(OPENER, "unsafe-none" if g.get("keeps_opener") else "same-origin")
        # Pages are of somebody: who sits there next sees none of them. What may be kept says so itself.
        headers.setdefault("Cache-Control", "no-store")
        if hsts:
            headers["Strict-Transport-Security"] = HSTS
        return response

    app.after_request(add)


def _permissions(camera: str) -> str:
    return f"camera={camera}, microphone=(), geolocation=(), payment=()"


def _policy(connect: Iterable[str] = ()) -> str:
    policy = {**BASE_POLICY, "connect-src": " ".join((BASE_POLICY["connect-src"], *connect))}
    return "; ".join(f"{name} {value}" for name, value in policy.items())
