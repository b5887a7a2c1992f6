"""The package by itself: built, and imported where nothing of the provider is."""

import re
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import clients.sdk
from tests.clients.sdk import readme
from tests.clients.sdk.building import imported_alone, wheel

ALONE = """
import yitong_rp, yitong_rp.flask, yitong_rp.sql_store
assert not [name for name in sys.modules if name.split(".")[0] in ("idp", "liveness", "clients")]
print(yitong_rp.__version__, yitong_rp.__file__)
"""
WITHOUT_FLASK = """
sys.modules["flask"] = None
import yitong_rp
print(yitong_rp.Provider(yitong_rp.Registration("https://provider.test", "c", "s")).registration)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        told = Parser().parsestr(archive.read(metadata).decode("utf-8"))
    sources = {f"yitong_rp/{path.name}" for path in readme.PACKAGE.glob("*.py")}
    assert names == sources | {"yitong_rp/py.typed"}
    assert (told["Name"], told["Version"]) == ("yitong-rp", clients.sdk.__version__)
    requirements = [one for one in told.get_all("Requires-Dist", []) if "extra" not in one]
    assert {re.split(r"[<>=]", one)[0] for one in requirements} == {
        "authlib",
        "joserfc",
        "requests",
        "urllib3",
    }
    assert all("<" in one and ">=" in one for one in requirements)


def test_it_is_imported_without_anything_of_the_provider(built: Path, tmp_path: Path) -> None:
    version, where = imported_alone(built, tmp_path, ALONE).split()
    assert version == clients.sdk.__version__
    assert where.startswith(str(tmp_path))


def test_the_core_needs_no_flask(built: Path, tmp_path: Path) -> None:
    assert "client_id='c'" in imported_alone(built, tmp_path, WITHOUT_FLASK)


def test_the_changelog_begins_with_this_version() -> None:
    found = re.search(r"^## (\S+)", (readme.PACKAGE / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    assert found[1] == clients.sdk.__version__


def test_both_languages_show_the_same_code() -> None:
    ours, theirs = (
        readme.BLOCK.findall((readme.PACKAGE / name).read_text("utf-8"))
        for name in ("README.md", "README.zh-CN.md")
    )
    assert [code for kind, code in ours if kind in ("python", "sh", "toml")] == [
        code for kind, code in theirs if kind in ("python", "sh", "toml")
    ]


def test_every_name_that_is_promised_is_there() -> None:
    assert [name for name in clients.sdk.__all__ if not hasattr(clients.sdk, name)] == []
    assert sorted(clients.sdk.__all__) == clients.sdk.__all__
