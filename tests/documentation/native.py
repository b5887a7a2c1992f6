"""The quick start of native apps as it stands on its page, and a person's browser beside it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.documentation.conftest import SNIPPETS

ENDS_SECONDS = 90
PATIENCE_SECONDS = 60
NO_BROWSER = "true %s"
"""What the system would open; the test plays the browser."""


class SigningIn:
    """The program, and where it sent the browser."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self._process = process
        self.address = address

    @property
    def asked(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.address).query).items()}

    def answer(self, changed: dict[str, str]) -> requests.Response:
        """An answer like the provider's to what was asked, but for what is `changed`."""
        said = {"state": self.asked["state"], **changed}
        return requests.get(f"{self.asked['redirect_uri']}?{urlencode(said)}", timeout=PATIENCE_SECONDS)

    def ended(self) -> tuple[int, str]:
        """With what it says."""
        said, _ = self._process.communicate(timeout=ENDS_SECONDS)
        return self._process.returncode, said


@contextmanager
def signing_in(issuer: str, client_id: str) -> Iterator[SigningIn]:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", str(SNIPPETS / "native" / "sign_in.py")],
        env={"PATH": os.environ["PATH"], "ISSUER": issuer, "CLIENT_ID": client_id, "BROWSER": NO_BROWSER},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http" in line, line + process.stdout.read()
            yield SigningIn(process, line.rpartition(" ")[2].strip())
        finally:
            process.kill()
