"""The rooms import as `pyproject.toml` says: a part of `make test`, not of `make check` alone."""

from importlinter.cli import lint_imports

from idp.settings import ROOT


def test_every_import_contract_is_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0
