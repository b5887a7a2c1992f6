"""The documentation names the versions that were tried."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from importlib.metadata import version

import pytest

from tests.journeys.stack import ROOT

pytestmark = pytest.mark.interop

ROW = re.compile(r"^\| ([\w.-]+)[^|]*\| (\d[\d.]+) \|", re.MULTILINE)


def _of_npm(package: str) -> str:
    file = ROOT / "node_modules" / package / "package.json"
    return str(json.loads(file.read_text("utf-8"))["version"])


def _of_debian(package: str) -> str:
    """The version of its authors, without Debian's."""
    query = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    found = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    return ".".join(found.split("-")[0].split(".")[:3])


TRIED: Mapping[str, Callable[[], str]] = {
    "openid-client": lambda: _of_npm("openid-client"),
    "oidc-client-ts": lambda: _of_npm("oidc-client-ts"),
    "Authlib": lambda: version("authlib"),
    "Requests-OAuthlib": lambda: version("requests-oauthlib"),
    "django-allauth": lambda: version("django-allauth"),
    "social-auth-app-django": lambda: version("social-auth-app-django"),
    "Auth.js": lambda: _of_npm("@auth/core"),
    "mod_auth_openidc": lambda: _of_debian("libapache2-mod-auth-openidc"),
}


@pytest.mark.parametrize(
    ("document", "heading"),
    [("docs/integration.md", "## Tried with"), ("docs/site/zh-CN/depth/integration.md", "{#tried-with}")],
    ids=["en", "zh-CN"],
)
def test_the_table_names_what_was_tried(document: str, heading: str) -> None:
    text = (ROOT / document).read_text("utf-8").partition(heading)[2]
    assert dict(ROW.findall(text)) == {name: found() for name, found in TRIED.items()}
