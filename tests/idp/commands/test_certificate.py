"""The certificate of `idp serve --tls`: made once, replaced when it has run out."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from idp.commands.certificate import self_signed

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_it_fits_the_issuer_and_is_kept(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, "https://localhost:8000", NOW)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    held = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    assert key.stat().st_mode & 0o777 == 0o600
    before = certificate.read_bytes()
    self_signed(tmp_path, "https://localhost:8000", NOW + timedelta(days=300))
    assert certificate.read_bytes() == before


def test_it_is_made_anew_when_it_has_run_out(tmp_path: Path) -> None:
    certificate, _key = self_signed(tmp_path, "https://localhost:8000", NOW)
    before = certificate.read_bytes()
    self_signed(tmp_path, "https://localhost:8000", NOW + timedelta(days=398))
    assert certificate.read_bytes() != before
