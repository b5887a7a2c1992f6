"""`idp explain REF`: what the doctor says, on the command line."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from idp.commands.explain import explain
from idp.commands.opening import opened
from idp.error_references import Cause, Parameter, Seen, remember
from tests.idp.oidc.conftest import configuration, master_document, master_keys, prepared

__all__ = ["configuration", "master_document", "master_keys", "prepared"]

AT = datetime.now(UTC)
URI = "http://hall.localhost:8001/callback/"
MISTYPED = Cause(
    *(AT, "oidc.authorize", "invalid_request", "redirect_uri is not registered for this client.", "given"),
    client_id="hall",
    seen=Seen("GET", "/oauth2/authorize", (Parameter("redirect_uri", URI, len(URI), "query"),)),
)


@pytest.fixture(autouse=True)
def deployment(
    prepared: tuple[Path, str], master_document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "master.json").write_text(master_document)
    shutil.copy(prepared[0], tmp_path / "idp.db")
    for name, value in {
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
    }.items():
        monkeypatch.setenv(name, value)


def explained(cause: Cause) -> str:
    with opened() as found:
        reference = remember(found.store, cause)
    return CliRunner().invoke(explain, [reference]).output


def test_it_says_what_was_wrong_and_what_mends_it() -> None:
    said = explained(MISTYPED)
    for line in (
        "case     redirect-uri-not-registered",
        "There is a slash at the end that is not registered.",
        "OpenID Connect Core 1.0 § 3.1.2.1 https://openid.net/",
        "field    redirect_uris",
        f"given    {URI}",
        "expected http://hall.localhost:8001/callback",
        f"wrong    redirect_uri {URI}",
    ):
        assert line in said


def test_of_a_page_that_failed_it_says_where_as_before() -> None:
    said = explained(Cause(AT, "account.home", "ZeroDivisionError", "", "account/home.py:3"))
    assert "account/home.py:3" in said
    assert "case" not in said


def test_an_unknown_reference_is_told_as_such() -> None:
    told = CliRunner().invoke(explain, ["0000-0000"])
    assert told.exit_code == 1
    assert "No such reference" in told.output
