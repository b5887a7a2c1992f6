"""The sandbox's authorities: what they issue is good, marked, and can be taken back."""

from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from OpenSSL import crypto

from idp.business import credit_code
from idp.business.licences.algorithms import PSS_SHA256, RSA_SHA256, SM2_SM3
from idp.business.licences.carriers import read_certificates
from idp.business.licences.revocation.lists import read_list
from idp.business.licences.roots import SANDBOX_MARK
from idp.business.licences.sandbox.authority import Issued, authority_of, make_authority, root_files
from idp.business.licences.sandbox.keys import KINDS, from_pem, generate
from idp.people import documents
from tests.idp.business.licences.world import CODE, HOLDER, ISSUER, NOW

KIND = pytest.mark.parametrize("kind", KINDS)


def issue(folder: Path, kind: str) -> Issued:
    holder = documents.identify(HOLDER, NOW.date())
    made = make_authority(folder, kind, ISSUER, NOW)
    return made.issue(credit_code.parse(CODE), holder, organisation="样本", hardware=True, now=NOW)


@KIND
def test_openssl_finds_the_path_of_what_is_issued(tmp_path: Path, kind: str) -> None:
    """The strict checks of another implementation, SM2 included."""
    made = issue(tmp_path, kind)
    (root,) = root_files(tmp_path)
    store = crypto.X509Store()
    store.add_cert(crypto.load_certificate(crypto.FILETYPE_PEM, root.read_bytes()))
    store.set_flags(crypto.X509StoreFlags.X509_STRICT | crypto.X509StoreFlags.CHECK_SS_SIGNATURE)
    store.set_time(NOW)
    held, above = (
        crypto.load_certificate(crypto.FILETYPE_PEM, text.encode()) for text in (made.certificate, made.chain)
    )
    crypto.X509StoreContext(store, held, [above]).verify_certificate()


@KIND
def test_the_key_belongs_to_the_certificate(tmp_path: Path, kind: str) -> None:
    made = issue(tmp_path, kind)
    (certificate,) = read_certificates(made.certificate.encode())
    signature = from_pem(made.key).sign(b"text")
    algorithm = from_pem(made.key).algorithm
    certificate.public_key.verify(algorithm, b"text", signature, None)  # type: ignore[arg-type]
    assert from_pem(made.key).pem() == made.key
    assert crypto.load_privatekey(crypto.FILETYPE_PEM, made.key.encode()).bits() in (256, 2048)


@KIND
def test_all_certificates_are_marked(tmp_path: Path, kind: str) -> None:
    made = issue(tmp_path, kind)
    files = [made.certificate.encode(), made.chain.encode(), root_files(tmp_path)[0].read_bytes()]
    assert all(SANDBOX_MARK in read_certificates(one)[0].extensions for one in files)


@KIND
def test_its_lists_say_what_was_revoked(tmp_path: Path, kind: str) -> None:
    made = issue(tmp_path, kind)
    (certificate,), (issuer,) = (read_certificates(one.encode()) for one in (made.certificate, made.chain))
    own = authority_of(tmp_path, kind, ISSUER)
    assert own is not None
    (address,) = certificate.crl_addresses
    assert address == f"{ISSUER}/sandbox/licences/{kind}/issuing.crl"
    assert read_list(own.revocation_list("issuing", NOW), certificate, issuer, address, NOW).revoked == set()
    own.revoke(certificate.serial_number, NOW)
    own.revoke(certificate.serial_number, NOW + timedelta(hours=1))
    later = NOW + timedelta(days=30)
    found = read_list(own.revocation_list("issuing", later), certificate, issuer, address, later)
    assert found.revoked == {certificate.serial_number}
    (root,) = read_certificates(root_files(tmp_path)[0].read_bytes())
    assert read_list(own.revocation_list("root", NOW), issuer, root, address, NOW).revoked == set()


def test_two_programs_that_make_one_at_once_make_one(tmp_path: Path) -> None:
    threads = [Thread(target=make_authority, args=(tmp_path, "sm2", ISSUER, NOW)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    issued = issue(tmp_path, "sm2")
    (certificate,), (issuer,) = (
        read_certificates(one.encode()) for one in (issued.certificate, issued.chain)
    )
    (root,) = read_certificates(root_files(tmp_path)[0].read_bytes())
    certificate.was_signed_by(issuer)
    issuer.was_signed_by(root)


def test_its_keys_are_the_owners_alone(tmp_path: Path) -> None:
    make_authority(tmp_path, "sm2", ISSUER, NOW)
    files = list((tmp_path / "sandbox" / "licences" / "sm2").glob("*.key"))
    assert len(files) == 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_there_is_none_before_it_is_made(tmp_path: Path) -> None:
    assert authority_of(tmp_path, "sm2", ISSUER) is None


def test_a_key_signs_by_its_own_kind() -> None:
    with pytest.raises(ValueError, match="another kind"):
        generate("ecdsa").sign(b"", SM2_SM3)
    rsa = generate("rsa")
    assert rsa.algorithm == RSA_SHA256
    assert len(rsa.sign(b"", PSS_SHA256)) == 256


@pytest.mark.parametrize("text", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        from_pem(text)
