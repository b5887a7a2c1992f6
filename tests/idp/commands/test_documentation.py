"""`idp docs pack`: what a later version shows as an older one."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from idp.commands.documentation import docs
from idp.documentation.editions import bundles
from idp.documentation.opening import check
from idp.settings import SettingsWrong, load


def test_a_version_is_packed_into_one_file(tmp_path: Path) -> None:
    done = CliRunner().invoke(docs, ["pack", str(tmp_path / "kept")])
    assert done.exit_code == 0, done.output
    (edition,) = bundles(tmp_path / "kept")
    assert f"{edition.version}.json" in done.output
    assert "::: " not in edition.pages["en"]["reference/errors"].markdown
    assert "invalid_grant" in edition.pages["zh-CN"]["reference/errors"].markdown


def test_settings_name_a_folder_of_them(tmp_path: Path) -> None:
    check(load({"IDP_DOCUMENTATION__BUNDLES_DIRECTORY": str(tmp_path)}))
    (tmp_path / "broken.json").write_text("{}", "utf-8")
    with pytest.raises(SettingsWrong, match="bundles_directory"):
        check(load({"IDP_DOCUMENTATION__BUNDLES_DIRECTORY": str(tmp_path)}))
