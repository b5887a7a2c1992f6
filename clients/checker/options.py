"""The options of the command line, and what they ask for."""

import argparse

from .application import Application
from .local.keys import ALGORITHMS
from .running import LONGEST_SECONDS, PATIENCE_SECONDS
from .words import LANGUAGES

PORT = 9400
TEST_TOKEN, REPORT_TOKEN = "YITONG_TEST_TOKEN", "YITONG_REPORT_TOKEN"
NUMBER, PASSWORD = "YITONG_CITIZEN_NUMBER", "YITONG_CITIZEN_PASSWORD"
LONGEST_IN_A_BROWSER = 900.0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="yitong-check",
        description="Sign in at an application with valid and with hostile answers, and say what it takes.",
        epilog=f"Secrets come from the environment: {TEST_TOKEN}, {NUMBER}, {PASSWORD}, {REPORT_TOKEN}.",
    )
    add = made.add_argument
    add("--sign-in", required=True, metavar="URL", help="begins a sign-in when it is opened")
    add("--page", required=True, metavar="URL", help="a page for signed-in people alone")
    add("--marker", default="", metavar="TEXT", help="stands on that page for them, and for nobody else")
    add("--logout-uri", default="", metavar="URL", help="takes logout tokens")
    add("--also", action="append", metavar="URL", help="another address that the sign-in passes through")
    add(
        "--browser",
        nargs="?",
        const="",
        metavar="PATH",
        help="the sign-in is done by scripts: use Chromium (the one at PATH, or Playwright's own)",
    )
    add(
        "--press", default="", metavar="SELECTOR", help="with --browser: what begins the sign-in on that page"
    )
    add(
        "--signed-in",
        default="",
        metavar="TEXT",
        help="with --browser: what people see who are signed in, a text or css=SELECTOR (else --marker)",
    )
    where = made.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", action="store_true", help="run a hostile provider on this machine")
    where.add_argument("--sandbox", metavar="ISSUER", help="use the sandbox")
    add("--port", type=int, default=PORT, help=f"of the hostile provider ({PORT})")
    add("--issuer", default="", metavar="URL", help="how the hostile provider is called, if not localhost")
    add("--algorithm", choices=ALGORITHMS, default="ES256", help="of its ID tokens (ES256)")
    add("--client-id", default="", help="at the sandbox")
    add(
        "--start",
        default="",
        metavar="COMMAND",
        help="start the application with this, and end it afterwards",
    )
    add("--ca", metavar="FILE", help="certificates of an authority of your own, PEM")
    add("--only", action="append", metavar="CHECK", help="these checks alone (and those that come first)")
    add("--skip", action="append", metavar="CHECK", help="all but these")
    add(
        "--patience", type=float, default=PATIENCE_SECONDS, metavar="SECONDS", help="for logouts and new keys"
    )
    add("--longest", type=float, metavar="SECONDS", help="for all checks together")
    add("--json", metavar="FILE", help="write the report, - for the terminal")
    add("--junit", metavar="FILE", help="write it as JUnit's XML")
    add("--badge", metavar="FILE", help="write a badge, SVG")
    add("--report-to", metavar="URL", help="bring it to the console")
    add("--language", choices=LANGUAGES, default="en")
    add("--strict", action="store_true", help="an advice is a failure")
    add("--quiet", action="store_true")
    return made


def application(asked: argparse.Namespace) -> Application:
    """Raises ValueError."""
    marker = asked.signed_in or asked.marker
    if asked.browser is None and (asked.press or asked.signed_in):
        raise ValueError("--press and --signed-in go with --browser")
    if asked.browser is not None and not marker:
        # A page that scripts make has the status 200 for everybody.
        raise ValueError("--browser needs --signed-in")
    return Application(
        asked.sign_in, asked.page, marker, asked.logout_uri, tuple(asked.also or ()), asked.press
    )


def longest(asked: argparse.Namespace) -> float:
    if asked.longest is not None:
        return float(asked.longest)
    return LONGEST_SECONDS if asked.browser is None else LONGEST_IN_A_BROWSER
