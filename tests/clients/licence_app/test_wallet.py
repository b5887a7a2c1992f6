"""Licences in the app: kept under a PIN, and signing as the provider verifies."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from clients.licence_app.keys import WrongKey, read_key
from clients.licence_app.wallet import TRIES, NotALicence, PinWrong, Wallet
from idp.business.licences.algorithms import OF_CHALLENGES
from idp.business.licences.carriers import read_certificates
from idp.business.licences.refusals import Rule
from tests.clients.licence_app.licences import PIN, licence_folder

TEXT = "谁在请求\n".encode()


@pytest.mark.parametrize("kind", ["sm2", "ecdsa", "rsa"])
def test_what_the_app_signs_the_provider_verifies(tmp_path: Path, kind: str) -> None:
    wallet = Wallet(tmp_path / "wallet")
    held = wallet.add(licence_folder(tmp_path, kind), PIN)
    assert held.organisation == "样本科技有限公司"
    key = wallet.open(held, PIN)
    certificate, *chain = read_certificates(held.certificates.encode())
    assert len(chain) == 1
    certificate.public_key.verify(OF_CHALLENGES[key.algorithm], TEXT, key.sign(TEXT), Rule.SIGNATURE)


def test_p384_has_its_own_hash() -> None:
    made = ec.generate_private_key(ec.SECP384R1())
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    key = read_key(pem)
    assert key.algorithm == "ecdsa-sha384"
    assert key.sign(TEXT)


@pytest.mark.parametrize(
    "pem", ["", "text", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key(pem: str) -> None:
    with pytest.raises(WrongKey):
        read_key(pem)


def test_a_key_of_another_kind() -> None:
    made = ed25519.Ed25519PrivateKey.generate()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(WrongKey):
        read_key(pem)


def test_attack_the_pin_is_guessed(tmp_path: Path) -> None:
    """A few tries, counted before each, and then there is no key any more."""
    wallet = Wallet(tmp_path / "wallet")
    held = wallet.add(licence_folder(tmp_path, "ecdsa"), PIN)
    for left in range(TRIES - 1, -1, -1):
        with pytest.raises(PinWrong) as wrong:
            wallet.open(held, "000000")
        assert wrong.value.left == left
    with pytest.raises(PinWrong):
        wallet.open(held, PIN)
    assert wallet.find(held.name).is_locked


def test_a_right_pin_gives_the_tries_back(tmp_path: Path) -> None:
    wallet = Wallet(tmp_path / "wallet")
    held = wallet.add(licence_folder(tmp_path, "ecdsa"), PIN)
    for _ in range(2):
        for _ in range(TRIES - 1):
            with pytest.raises(PinWrong):
                wallet.open(held, "000000")
        wallet.open(held, PIN)


def test_the_key_lies_sealed_for_this_user_alone(tmp_path: Path) -> None:
    folder = licence_folder(tmp_path, "ecdsa")
    held = Wallet(tmp_path / "wallet").add(folder, PIN)
    place = tmp_path / "wallet" / held.name
    assert stat.S_IMODE((place / "key.json").stat().st_mode) == 0o600
    body = (folder / "licence.key").read_text().splitlines()[1]
    assert all(body not in file.read_text() for file in place.iterdir())


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_a_pin_has_six_digits(tmp_path: Path, pin: str) -> None:
    with pytest.raises(NotALicence):
        Wallet(tmp_path / "wallet").add(licence_folder(tmp_path, "ecdsa"), pin)


def test_a_folder_without_a_licence(tmp_path: Path) -> None:
    wallet = Wallet(tmp_path / "wallet")
    with pytest.raises(NotALicence):
        wallet.add(tmp_path, PIN)
    with pytest.raises(NotALicence):
        wallet.find("../other")
