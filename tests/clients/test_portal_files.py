"""The portal's files agree with each other, and with the registrations."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from clients.portal.business import Refusal
from clients.portal.configuration import load
from clients.portal.locale import LOCALES, texts
from clients.portal.problems import HTTP_KINDS, KINDS
from clients.sdk.acting import ROLES

CLIENTS = Path(__file__).resolve().parents[2] / "clients"
MATTERS = CLIENTS.parent / "config" / "matters"
DEPLOYMENTS = sorted((CLIENTS / "portal").glob("*.toml"))


def manifest_of(deployment: Path) -> dict[str, Any]:
    return tomllib.loads((CLIENTS / "manifests" / deployment.name).read_text("utf-8"))


def test_every_language_says_everything() -> None:
    files = {path.stem for path in (CLIENTS / "portal/texts").glob("*.toml")}
    assert files == set(LOCALES)
    keys = {locale: list(texts(locale)) for locale in LOCALES}
    for locale in LOCALES:
        assert keys[locale] == keys["en"], locale
        assert all(text.strip() for text in texts(locale).values())


def test_every_text_is_used_and_every_text_that_is_used_is_there() -> None:
    named = set()
    for path in (CLIENTS / "portal/templates").glob("*.html"):
        named |= set(re.findall(r"\bt\.([a-z_]+)", path.read_text("utf-8")))
    kinds = {*HTTP_KINDS.values(), *(kind for kind, _status in KINDS.values())}
    kinds |= {*Refusal, "signed_out", "signed_out_here", "too_low", "bad_request", "broken"}
    named |= kinds | {f"{kind}_body" for kind in kinds}
    named |= {f"level_{level}" for level in range(5)}
    named |= {f"role_{role}" for role in ROLES}
    named |= {f"matter_{path.stem}" for path in MATTERS.glob("*.toml")}
    named |= {f"service_{service.key}" for path in DEPLOYMENTS for service in load(path, {}).services}
    assert named == set(texts("en"))


@pytest.mark.parametrize("path", DEPLOYMENTS, ids=lambda path: path.stem)
def test_every_service_has_its_name_and_its_picture(path: Path) -> None:
    for service in load(path, {}).services:
        assert f"service_{service.key}" in texts("en")
        assert f"level_{service.level}" in texts("en")
        assert (CLIENTS / "portal/static/icons" / f"{service.icon}.svg").is_file()


@pytest.mark.parametrize("path", DEPLOYMENTS, ids=lambda path: path.stem)
def test_a_deployment_is_what_its_manifest_registers(path: Path) -> None:
    deployment, manifest = load(path, {}), manifest_of(path)
    assert deployment.client_id == manifest["client_id"]
    assert deployment.scope == manifest["scope"]
    assert deployment.level >= manifest["minimum_level"]
    assert manifest["redirect_uris"] == [f"{deployment.origin}/callback"]
    assert manifest["post_logout_redirect_uris"] == [f"{deployment.origin}/signed-out"]
    assert str(deployment.secret_file).endswith(manifest["secret_file"])
    assert deployment.names["en"] == manifest["client_name"]
    for tag in ("zh-CN", "zh-Hant"):
        assert deployment.names[tag] == manifest[f"client_name#{tag}"]


def test_deployments_are_of_different_sectors_and_cookies() -> None:
    assert len({manifest_of(path)["sector"] for path in DEPLOYMENTS}) == len(DEPLOYMENTS)
    assert len({load(path, {}).key for path in DEPLOYMENTS}) == len(DEPLOYMENTS)


def test_the_environment_overrides_where_things_are(tmp_path: Path) -> None:
    environment = {
        "PORTAL_ISSUER": "https://provider.test",
        "PORTAL_ORIGIN": "https://hall.test",
        "PORTAL_PORT": "9000",
        "PORTAL_SECRET_FILE": str(tmp_path / "secret"),
    }
    found = load(DEPLOYMENTS[0], environment)
    assert (found.issuer, found.origin, found.port) == ("https://provider.test", "https://hall.test", 9000)
    assert found.secret_file == tmp_path / "secret"
