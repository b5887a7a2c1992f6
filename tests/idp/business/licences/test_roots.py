"""Roots: named one by one, and none of the sandbox elsewhere."""

from pathlib import Path

import pytest
from cryptography import x509

from idp.business.licences.opening import configured_roots, open_licences
from idp.business.licences.roots import SANDBOX_MARK, RootsWrong, read_authorities, read_roots
from idp.business.licences.sandbox.authority import make_authority, root_files
from idp.settings import Settings, load
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.business.licences.world import (
    ISSUER,
    NOW,
    Held,
    Register,
    World,
    authority,
    key,
    name,
    raw,
    usage,
)


def written(folder: Path, *helds: Held, file: str = "root.pem") -> Path:
    place = folder / file
    place.write_bytes(b"".join(one.pem for one in helds))
    return place


@pytest.mark.parametrize("kind", ["sm2", "ecdsa", "rsa"])
def test_a_root_is_read(tmp_path: Path, kind: str) -> None:
    root = World(kind).root
    assert read_roots([written(tmp_path, root)], sandbox=False) == (root.certificate,)


BAD = {
    "of another authority": lambda: World().issuing,
    "not signed by itself": lambda: authority("root", key("ecdsa"), Held(name("root"), key("ecdsa", 4))),
    "signed by its key for another name": lambda: authority(
        "root", key("ecdsa"), Held(name("a"), key("ecdsa"))
    ),
    "no authority": lambda: authority("root", key("ecdsa"), extensions=[(usage("digital_signature"), True)]),
    "not for certificates": lambda: authority(
        "root",
        key("ecdsa"),
        extensions=[(x509.BasicConstraints(ca=True, path_length=None), True), (usage("crl_sign"), True)],
    ),
    "narrowed": lambda: authority("root", key("ecdsa"), more=[(x509.InhibitAnyPolicy(0), False)]),
    "weak": lambda: authority("root", key("rsa-1024")),
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_file_that_is_no_root_stops_the_start(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(RootsWrong, match=r"root\.pem"):
        read_roots([written(tmp_path, BAD[wrong]())], sandbox=True)


def test_a_file_holds_one_root(tmp_path: Path) -> None:
    with pytest.raises(RootsWrong, match="one root"):
        read_roots([written(tmp_path, World().root, World("sm2").root)], sandbox=True)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(RootsWrong, match=r"none\.pem: No such file"):
        read_roots([tmp_path / "none.pem"], sandbox=True)


def test_a_root_of_the_sandbox_is_refused_elsewhere(tmp_path: Path) -> None:
    root = authority("root", key("ecdsa"), more=[(raw(SANDBOX_MARK, b"\x05\x00"), False)])
    file = written(tmp_path, root)
    assert read_roots([file], sandbox=True)
    with pytest.raises(RootsWrong, match="sandbox"):
        read_roots([file], sandbox=False)


def settings(tmp_path: Path, *roots: str, sandbox: bool) -> Settings:
    found = load({})
    licences = found.licences.model_copy(update={"roots_directory": tmp_path, "roots": roots})
    changes = {"licences": licences, "sandbox": sandbox, "data_directory": tmp_path, "issuer": ISSUER}
    return found.model_copy(update=changes)


def test_without_roots_there_are_no_licences(tmp_path: Path) -> None:
    written(tmp_path, World().root)
    clock = FakeClock(NOW)
    assert open_licences(settings(tmp_path, sandbox=True), MemoryStore(clock), Register()) is None
    assert (
        open_licences(settings(tmp_path, "root.pem", sandbox=False), MemoryStore(clock), Register())
        is not None
    )


def test_a_file_that_only_lies_in_the_folder_is_not_trusted(tmp_path: Path) -> None:
    written(tmp_path, World().root)
    other = World("sm2").root
    written(tmp_path, other, file="other.pem")
    assert configured_roots(settings(tmp_path, "other.pem", sandbox=False)) == (other.certificate,)


def test_the_sandboxs_own_roots_are_trusted_in_a_sandbox_alone(tmp_path: Path) -> None:
    make_authority(tmp_path, "ecdsa", ISSUER, NOW)
    assert len(configured_roots(settings(tmp_path, sandbox=True))) == 1
    assert configured_roots(settings(tmp_path, sandbox=False)) == ()
    (file,) = root_files(tmp_path)
    with pytest.raises(RootsWrong, match="sandbox"):
        configured_roots(settings(tmp_path, str(file.relative_to(tmp_path)), sandbox=False))


def test_authorities_below_the_roots_are_read_from_files_that_may_hold_several(tmp_path: Path) -> None:
    world = World()
    more = authority("more", key("ecdsa", 5), world.root)
    found = read_authorities([written(tmp_path, world.issuing, more)], sandbox=False)
    assert found == (world.issuing.certificate, more.certificate)


@pytest.mark.parametrize("wrong", ["a licence", "of the sandbox", "missing"])
def test_a_file_that_holds_no_authority_stops_the_start(tmp_path: Path, wrong: str) -> None:
    world = World()
    marked = [(raw(SANDBOX_MARK, b"\x05\x00"), False)]
    bad = {
        "a licence": world.licence(),
        "of the sandbox": authority("b", key("ecdsa", 5), world.root, more=marked),
    }
    file = tmp_path / "missing.pem" if wrong == "missing" else written(tmp_path, bad[wrong])
    with pytest.raises(RootsWrong, match=r"\.pem"):
        read_authorities([file], sandbox=False)
