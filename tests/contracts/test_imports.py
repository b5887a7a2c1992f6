"""The rooms import as `pyproject.toml` says: a part of `make test`, not of `make check` alone."""

import subprocess
import sys

from idp.settings import ROOT

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_every_import_contract_is_kept() -> None:
    # In a process of its own: it switches off the loggers of the one that it runs in.
    linted = subprocess.run(
        [sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout
