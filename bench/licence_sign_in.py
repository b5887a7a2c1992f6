"""`python -m bench.licence_sign_in`: what it takes to sign in with a business licence, by the kind of key.

Over HTTP to granian in a process of its own, on SQLite: the pages, and the answer to the signature, in which
the licence is verified, the register asked, the organisation kept and the session opened. What the lists of
the authorities say is remembered after the first round. Statements and ephemeral commands are counted on the
same files by the same application in this process.
"""

import argparse
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from bench.browser import Browser, InProcess, OverHttp
from bench.table import middle, ninth, show
from clients.licence_app.keys import Key, read_key
from idp import create_app
from idp import settings as settings_module
from idp.crypto.digests import base64url, digest, from_base64url
from tests.counting import Counting
from tests.journeys.stack import ROOT, Stack, running

KINDS = ("rsa", "ecdsa", "sm2")
CODE = "91000000YT00000112"
REPRESENTATIVE = 1
"""Serial of the organisation's legal representative, in the sandbox."""
ANSWER = "answer to the signature"


class Held:
    """A licence of the sandbox."""

    def __init__(self, folder: Path) -> None:
        self.certificate, self.chain = (
            (folder / name).read_text("ascii") for name in ("licence.pem", "chain.pem")
        )
        self.key: Key = read_key((folder / "licence.key").read_text("ascii"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name, running(Path(name), ROOT / "var" / "models") as stack:
        licences = {kind: _issue(stack, kind) for kind in KINDS}
        times: dict[tuple[str, str], list[float]] = {}
        for number in range(rounds + 1):
            for kind, held in licences.items():
                browser = Browser(OverHttp(stack.issuer), stack.issuer)
                sign_in(browser, stack, held)
                for step, found in browser.times.items() if number else ():
                    times.setdefault((kind, step), []).extend(found)
        costs = _costs(stack, licences["sm2"])
    show(
        f"Signing in with a licence, {rounds} rounds; {os.cpu_count()} cores, SQLite",
        ("", "median ms", "9 of 10 below", "SQL", "commands"),
        [
            (f"{kind}: {step}", middle(found), ninth(found), *costs[step])
            for (kind, step), found in times.items()
        ],
    )


def sign_in(browser: Browser, stack: Stack, held: Held) -> None:
    """From the portal's redirect until the person is signed in."""
    asked = {
        "client_id": "tax",
        "redirect_uri": f"{stack.tax}/callback",
        "response_type": "code",
        "scope": "openid profile",
        "state": "s",
        "code_challenge": digest(secrets.token_urlsafe(48)),
        "code_challenge_method": "S256",
    }
    browser.get("authorize", f"/oauth2/authorize?{urlencode(asked)}")
    browser.get("sign-in page", browser.location)
    browser.get("page of licences", browser.answer.page.elements["way-licence"]["href"])
    page = browser.answer.page.elements["way-licence-signature"]["href"]
    browser.get("page with the text", page)
    text = from_base64url(browser.answer.page.forms["agent-form"].fields["challenge"])
    signed = {
        "certificate": held.certificate,
        "chain": held.chain,
        "signature": base64url(held.key.sign(text)),
        "algorithm": held.key.algorithm,
    }
    browser.submit(ANSWER, page, "agent-form", **signed)
    if "/oauth2/interaction/" not in browser.location:
        raise SystemExit("the licence was not taken")


def _issue(stack: Stack, kind: str) -> Held:
    folder = stack.folder / f"licence-{kind}"
    number = stack.person(REPRESENTATIVE).number.value
    stack.command("sandbox", "licence", CODE, "--algorithm", kind, "--holder", number, "--out", str(folder))
    return Held(folder)


def _costs(stack: Stack, held: Held) -> dict[str, tuple[str, str]]:
    """Step -> SQL statements and ephemeral commands of its request."""
    issuer = stack.issuer.replace("http:", "https:", 1)
    # Lists are fetched where the certificates say, from the provider that has issued them.
    changes = {"IDP_ISSUER": issuer, "IDP_LICENCES__REVOCATION_ALLOW": stack.issuer}
    app = create_app(settings_module.load({**stack.environment, **changes}))
    sign_in(Browser(InProcess(app.test_client(), issuer), issuer), stack, held)
    counting = Counting(app)
    browser = Browser(InProcess(app.test_client(), issuer), issuer)
    sign_in(browser, stack, held)
    return {
        step: (str(len(cost.statements)), str(len(cost.commands)))
        for step, cost in zip(browser.steps, counting.costs, strict=True)
    }


if __name__ == "__main__":
    main()
