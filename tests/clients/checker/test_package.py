"""The package by itself: built, and run where nothing of the provider is."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import clients.checker
from tests.clients.sdk.building import BUILD

PACKAGE = Path(clients.checker.__file__).parent
ALONE = """
import sys
root = sys.argv[1]
sys.path[:] = [path for path in sys.path if path and not path.startswith(root + '/clients') and path != root]
sys.meta_path[:] = [one for one in sys.meta_path if 'editable' not in repr(one)]
sys.path.insert(0, sys.argv[2])
import yitong_check, yitong_check.command
from yitong_check.words import LANGUAGES, texts
assert not [name for name in sys.modules if name.split(".")[0] in ("idp", "liveness", "clients", "flask")]
assert all(texts(one)["checks"] for one in LANGUAGES)
print(yitong_check.__version__, yitong_check.__file__)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source, out = folder / "source", folder / "out"
    shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__"))
    out.mkdir()
    command = [sys.executable, "-c", BUILD, str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = out.glob("*.whl")
    return found


def test_the_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {
        path for pattern in ("*.py", "*/*.py", "texts/*.toml", "py.typed") for path in PACKAGE.glob(pattern)
    }
    assert names == {f"yitong_check/{path.relative_to(PACKAGE)}" for path in files}


def test_it_runs_without_anything_of_the_provider(built: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        archive.extractall(tmp_path / "site")
    command = [sys.executable, "-c", ALONE, str(PACKAGE.parents[1]), str(tmp_path / "site")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    version, where = done.stdout.split()
    assert version == clients.checker.__version__
    assert where.startswith(str(tmp_path))
