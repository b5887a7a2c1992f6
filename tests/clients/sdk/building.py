"""The package's wheel, built from a copy, with what is installed: no network is asked."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.clients.sdk.readme import PACKAGE

BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


def wheel(folder: Path) -> Path:
    source, out = folder / "source", folder / "out"
    shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__"))
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(out)], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (found,) = out.glob("*.whl")
    return found


def installed(built: Path, folder: Path) -> Path:
    """A folder for PYTHONPATH that holds the package alone."""
    where = folder / "site"
    with zipfile.ZipFile(built) as archive:
        archive.extractall(where)
    return where


def imported_alone(built: Path, folder: Path, program: str) -> str:
    """What the program prints, in a folder of its own: of this repository nothing can be imported.

    `-S` would take the libraries away, too: so the one path that leads here is taken out.
    """
    where = installed(built, folder)
    root = str(PACKAGE.parents[1])
    guard = f"import sys; sys.path[:] = [p for p in sys.path if p and not p.startswith({root!r} + '/clients')"
    guard += (
        f" and p != {root!r}]; sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f)]\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(where)}
    done = subprocess.run(
        [sys.executable, "-c", guard + program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
