"""Nothing of the sandbox is in a production app, whatever its settings file says."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from idp import create_app, settings
from idp.crypto import master_key
from idp.login.factors.face import FaceChecks
from idp.login.services import KEY as LOGIN
from idp.oidc.endpoints import discovery, served
from idp.oidc.room import KEY as PROVIDER
from idp.oidc.room import TWISTS
from idp.oidc.token import server
from idp.people.email_checks import EmailChecks
from idp.people.registry.embedded import EmbeddedRegister
from idp.sandbox import services as sandbox
from idp.sandbox.outcomes.playing import PlayedCamera
from idp.settings import SettingsWrong
from tests.idp.oidc.conftest import NOW

ISSUER = "https://id.example"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[bool], Flask]]:
    """An app; with a sandbox or without."""
    apps: list[Flask] = []

    def make(is_sandbox: bool) -> Flask:
        folder = tmp_path / str(is_sandbox)
        folder.mkdir()
        (folder / "keys").write_text(master_key.generate(NOW, purpose="development"))
        environment = {
            "IDP_ISSUER": ISSUER,
            "IDP_SANDBOX": str(is_sandbox).lower(),
            "IDP_DATABASE__URL": f"sqlite:///{folder}/idp.db",
            "IDP_EPHEMERAL__URL": "memory:",
            "IDP_SECRETS__FILE": str(folder / "keys"),
            "IDP_DATA_DIRECTORY": str(folder),
        }
        apps.append(create_app(settings.load(environment)))
        return apps[-1]

    yield make
    for app in apps:
        found = app.extensions["yitong"]
        found.audit.close()
        found.store.close()
        found.engine.dispose()


def test_without_a_sandbox_there_is_no_hook_no_wrapping_and_no_address(made: Callable[[bool], Flask]) -> None:
    app = made(False)
    assert app.extensions[PROVIDER].twists is None
    assert TWISTS not in app.extensions
    assert sandbox.KEY not in app.extensions
    # What stands where a sandbox wraps is what there is of it, not something that lets it through.
    assert type(app.extensions["yitong"].register) is EmbeddedRegister
    assert type(app.extensions[LOGIN].faces) is FaceChecks
    assert type(app.extensions[LOGIN].emails) is EmailChecks
    for path, wraps in ((server.PATH, "watched"), (discovery.PATHS["jwks_uri"], "besides")):
        assert wraps not in app.extensions[served.KEY][path].__qualname__
    assert [str(rule) for rule in app.url_map.iter_rules() if "sandbox" in rule.endpoint.split(".")] == []


def test_every_address_of_the_sandbox_is_a_404_elsewhere(made: Callable[[bool], Flask]) -> None:
    with_one, without = made(True), made(False)
    client = without.test_client()
    rules = [rule for rule in with_one.url_map.iter_rules() if rule.endpoint.startswith("sandbox.")]
    assert len(rules) > 4
    tried = 0
    for rule in rules:
        path = str(rule)
        for argument in rule.arguments:
            path = path.replace(next(part for part in path.split("/") if f"{argument}>" in part), "x")
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = client.open(path, method=method, base_url=ISSUER)
            assert answer.status_code == 404, (method, path, answer.status_code)
            tried += 1
    assert tried > len(rules)


def test_a_sandbox_has_them(made: Callable[[bool], Flask]) -> None:
    """Or the tests above would hold by mistake."""
    app = made(True)
    assert app.extensions[PROVIDER].twists is not None
    assert "watched" in app.extensions[served.KEY][server.PATH].__qualname__
    assert "besides" in app.extensions[served.KEY][discovery.PATHS["jwks_uri"]].__qualname__
    assert isinstance(app.extensions[sandbox.KEY].camera.inner, PlayedCamera)
    assert type(app.extensions["yitong"].register) is not EmbeddedRegister


def test_who_wires_a_sandbox_where_there_is_none_is_stopped(made: Callable[[bool], Flask]) -> None:
    app = made(False)
    with pytest.raises(AssertionError, match="no sandbox"):
        sandbox.begin(app, app.extensions["yitong"])


@pytest.mark.parametrize(
    "tries",
    [
        "sandbox = true\n",
        "[sandbox]\noutcomes = true\n",
        "[protocol]\ntwists = true\n",
        "sandbox_outcomes = true\n",
    ],
)
def test_no_settings_file_brings_it_into_production(tmp_path: Path, tries: str) -> None:
    file = tmp_path / "tries.toml"
    file.write_text(tries)
    environment = {
        "IDP_MODE": "production",
        "IDP_ISSUER": ISSUER,
        "IDP_DATABASE__URL": "postgresql+psycopg://id.example/idp",
        "IDP_EPHEMERAL__URL": "redis://id.example",
        "IDP_CONFIG": str(file),
    }
    with pytest.raises(SettingsWrong, match=r"sandbox|twists"):
        settings.load(environment)


def test_who_plays_a_camera_is_in_the_sandbox_s_room_alone() -> None:
    """A verdict without a face is made in one place, and handed over in one."""
    naming = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "idp").rglob("*.py")
        if re.search(r"PlayedCamera|played_by=|verdict_from_json", file.read_text("utf-8"))
    }
    assert naming == {
        "idp/login/factors/face.py",
        "idp/sandbox/outcomes/playing.py",
        "idp/sandbox/phone/camera.py",
        "idp/sandbox/services.py",
    }
