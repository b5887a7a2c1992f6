"""From `idp sandbox licence` to `idp licence check`, with the lists served by the provider's application."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from click.testing import CliRunner, Result
from cryptography import x509

from idp import create_app
from idp.cli import idp
from idp.commands.opening import opened
from idp.commands.sandbox import populate_businesses
from idp.settings import load
from tests.ports import free_port

CODE, HOLDER = "91000000YT00000112", "000000199003070030"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    port = free_port()
    for name, value in {
        "IDP_ISSUER": f"http://127.0.0.1:{port}",
        "IDP_DATA_DIRECTORY": str(tmp_path / "var"),
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
        "IDP_SERVER__PORT": str(port),
    }.items():
        monkeypatch.setenv(name, value)
    run("keys", "master")
    run("migrate")
    with opened() as found:
        populate_businesses(found)
    return tmp_path


@pytest.fixture
def served(place: Path) -> Iterator[Path]:
    """The application behind the issuer's address."""
    settings = load()
    server = make_server("127.0.0.1", settings.server.port, create_app(settings), handler_class=Quiet)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield place
    server.shutdown()
    thread.join()
    server.server_close()


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(idp, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result


def issued(place: Path, algorithm: str, *more: str) -> Path:
    out = place / algorithm
    run("sandbox", "licence", CODE, "--algorithm", algorithm, "--holder", HOLDER, "--out", out, *more)
    return out


def signed(place: Path, held: Path, *more: str) -> list[str | Path]:
    challenge = place / "challenge"
    run("licence", "challenge", "--out", challenge)
    run("sandbox", "sign-challenge", held, "--challenge", challenge, *more)
    return [*shown(held), "--challenge", challenge, "--signature", held / "signature.bin"]


def shown(held: Path) -> list[str | Path]:
    return ["licence", "check", "--certificate", held / "licence.pem", "--chain", held / "chain.pem"]


@pytest.mark.parametrize("algorithm", ["sm2", "ecdsa", "rsa"])
def test_a_licence_is_good_until_it_is_revoked(
    served: Path, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = issued(served, algorithm, "--hardware")
    said = run(*signed(served, held)).output
    assert "REFUSED" not in said
    assert f"licence of {CODE[:2]}************{CODE[-4:]}, held by 0****************0, level 4" in said
    assert HOLDER not in said
    run("sandbox", "revoke-licence", held)
    # What was looked up holds for an hour, in the store.
    monkeypatch.setenv("IDP_EPHEMERAL__URL", f"sqlite:///{served}/another.db")
    assert "REFUSED  revoked: the licence is revoked" in run(*shown(held), code=1).output


def test_a_challenge_is_used_up(served: Path) -> None:
    arguments = signed(served, issued(served, "rsa"), "--algorithm", "rsa-pss-sha256")
    assert "REFUSED  signature" in run(*arguments, code=1).output
    assert "level 3" in run(*arguments, "--algorithm", "rsa-pss-sha256").output
    again = run(*arguments, "--algorithm", "rsa-pss-sha256", code=1).output
    assert "REFUSED  challenge: the challenge was used" in again


def test_a_certificate_alone_proves_nothing(served: Path) -> None:
    assert "nobody has shown" in run(*shown(issued(served, "sm2"))).output


def test_nobody_can_say_while_the_provider_is_down(place: Path) -> None:
    assert "REFUSED  revocation" in run(*shown(issued(place, "ecdsa")), code=1).output


def test_a_list_is_there_once_its_authority_is(served: Path) -> None:
    client = create_app(load()).test_client()
    assert client.get("/sandbox/licences/sm2/issuing.crl").status_code == 404
    issued(served, "sm2")
    found = client.get("/sandbox/licences/sm2/issuing.crl")
    assert (found.status_code, found.mimetype) == (200, "application/pkix-crl")
    assert client.get("/sandbox/licences/dsa/issuing.crl").status_code == 404


def test_the_register_has_the_last_word(served: Path) -> None:
    """Another person of the sandbox, who is nothing in that organisation."""
    out = served / "another"
    run("sandbox", "licence", CODE, "--holder", "000000198808080047", "--out", out)
    assert "REFUSED  holder: the holder may not hold" in run(*shown(out), code=1).output


def test_who_holds_it_and_what_it_is_called_come_from_the_sandbox(place: Path) -> None:
    run("sandbox", "licence", CODE, "--out", place / "usual")
    certificate = x509.load_pem_x509_certificate((place / "usual" / "licence.pem").read_bytes())
    assert "样本科技有限公司" in certificate.subject.rfc4514_string()
    nobody = run("sandbox", "licence", "19000000YT00002221", "--out", place / "nobodys", code=1)
    assert "--holder" in nobody.output


def test_without_roots_licences_are_off(place: Path) -> None:
    assert "no roots" in run("licence", "challenge", code=1).output


@pytest.mark.parametrize(
    ("code", "holder", "said"),
    [
        ("91", HOLDER, "not a credit code"),
        ("91310000MA1FL0000A", HOLDER, "not a c"),
        (CODE, "1", "not a number"),
        (CODE, "11010519491231002X", "not the number of a person of the sandbox"),
    ],
)
def test_only_the_sandboxs_own_get_licences(place: Path, code: str, holder: str, said: str) -> None:
    out = place / "out"
    result = run("sandbox", "licence", code, "--holder", holder, "--out", out, code=1)
    assert said in result.output
    assert not out.exists()


def test_elsewhere_no_licence_is_issued(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDP_SANDBOX", "false")
    result = run("sandbox", "licence", CODE, "--holder", HOLDER, "--out", place / "out", code=1)
    assert "not a sandbox" in result.output


def test_a_licence_is_never_written_over(place: Path) -> None:
    held = issued(place, "ecdsa")
    before = (held / "licence.key").read_text()
    run("sandbox", "licence", CODE, "--algorithm", "ecdsa", "--holder", HOLDER, "--out", held, code=1)
    assert (held / "licence.key").read_text() == before


def test_only_challenges_are_signed(place: Path) -> None:
    held = issued(place, "ecdsa")
    (place / "other").write_text("I owe you 100")
    run("sandbox", "sign-challenge", held, "--challenge", place / "other", code=1)


def test_the_settings_are_checked_with_their_roots(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issued(place, "ecdsa")
    run("settings", "check")
    monkeypatch.setenv("IDP_LICENCES__ROOTS", "none.pem")
    result = CliRunner().invoke(idp, ["settings", "check"])
    assert "none.pem" in str(result.exception)
