"""Manifests: applied as often as one likes, never holding a secret, never moving a sector."""

import stat
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.oidc.clients.changes.manifests import Applied, Change, ManifestRefused, apply
from idp.oidc.clients.credentials.client_secrets import ClientSecrets, secret_mac
from idp.oidc.clients.models import ClientRecord
from tests.idp.oidc.clients.secret_rows import secrets_of
from tests.idp.oidc.conftest import NOW
from tests.idp.oidc.world import World

KEY = b"k" * 32
SECRETS = ClientSecrets(KEY, FieldCipher(KeyRing("1", {"1": bytes(32)})))
TEXT = """
client_id = "library"
client_name = "Library"
"client_name#zh-CN" = "图书馆"
sector = "library.example"
redirect_uris = ["https://library.example/callback"]
"""
WITH_FILE = TEXT + 'secret_file = "var/library.secret"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def apply_text(world: World, root: Path, text: str, *, sandbox: bool = True) -> Applied:
    path = root / "library.toml"
    path.write_text(text, "utf-8")
    with world.provider.sessions.begin() as session:
        return apply(session, path, NOW, secrets=SECRETS, secret_root=root if sandbox else None)


def mac_of(world: World) -> str | None:
    with Session(world.provider.reads) as session:
        kept = secrets_of(session, "library")
        return kept[0].mac if kept else None


def test_a_secret_is_made_shown_once_and_kept_as_a_mac(world: World, root: Path) -> None:
    applied = apply_text(world, root, TEXT)
    assert applied.change is Change.CREATED
    assert applied.new_secret is not None
    assert mac_of(world) == secret_mac(KEY, "library", applied.new_secret)
    assert apply_text(world, root, TEXT) == Applied("library", Change.UNCHANGED)
    assert apply_text(world, root, TEXT + "minimum_level = 2\n").change is Change.CHANGED
    client = world.provider.clients.find("library")
    assert client is not None
    assert client.metadata.minimum_level == 2


def test_a_secret_file_is_the_portals_alone_and_survives_a_lost_database(world: World, root: Path) -> None:
    file = root / "var" / "library.secret"
    assert apply_text(world, root, WITH_FILE) == Applied("library", Change.CREATED)
    secret = file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert mac_of(world) == secret_mac(KEY, "library", secret)
    assert apply_text(world, root, WITH_FILE).change is Change.UNCHANGED
    with world.provider.sessions.begin() as session:
        session.delete(session.get_one(ClientRecord, "library"))
    assert apply_text(world, root, WITH_FILE).change is Change.CREATED
    assert file.read_text().strip() == secret


def test_a_lost_or_spoilt_secret_file_is_made_anew(world: World, root: Path) -> None:
    apply_text(world, root, WITH_FILE)
    file = root / "var" / "library.secret"
    first = mac_of(world)
    file.write_text("too short")
    assert apply_text(world, root, WITH_FILE).change is Change.CHANGED
    file.unlink()
    assert apply_text(world, root, WITH_FILE).change is Change.CHANGED
    assert mac_of(world) == secret_mac(KEY, "library", file.read_text().strip()) != first


def test_a_public_client_has_no_secret(world: World, root: Path) -> None:
    apply_text(world, root, TEXT)
    public = TEXT + 'token_endpoint_auth_method = "none"\n'
    assert apply_text(world, root, public) == Applied("library", Change.CHANGED)
    assert mac_of(world) is None


def test_a_sector_never_changes(world: World, root: Path) -> None:
    apply_text(world, root, TEXT)
    with pytest.raises(ManifestRefused, match="sector"):
        apply_text(world, root, TEXT.replace("library.example", "moved.example"))


@pytest.mark.parametrize("text", ["client_id = ", TEXT + 'client_secret = "x"\n', TEXT + "secret_file = 3\n"])
def test_a_wrong_manifest_is_refused_by_name(world: World, root: Path, text: str) -> None:
    with pytest.raises(ManifestRefused, match=r"library\.toml"):
        apply_text(world, root, text)


def test_secret_files_are_for_the_sandbox(world: World, root: Path) -> None:
    with pytest.raises(ManifestRefused, match="sandbox"):
        apply_text(world, root, WITH_FILE, sandbox=False)
    with world.provider.sessions.begin() as session, pytest.raises(ManifestRefused):
        apply(session, root / "missing.toml", NOW, secrets=SECRETS, secret_root=None)
