"""A self-signed certificate for `idp serve --tls`, on machines where Safari wants https for localhost."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from idp.crypto.master_key import write_new

# Browsers refuse server certificates that are valid for longer (CA/Browser Forum baseline, 398 days).
VALID = timedelta(days=397)


def self_signed(directory: Path, issuer: str, now: datetime | None = None) -> tuple[Path, Path]:
    """Paths of certificate and key; made at the first call and when the old one has run out."""
    moment = now or datetime.now(UTC)
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    if certificate.exists() and key.exists():
        held = x509.load_pem_x509_certificate(certificate.read_bytes())
        if held.not_valid_after_utc > moment:
            return certificate, key
    for file in (certificate, key):
        file.unlink(missing_ok=True)
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    host = urlsplit(issuer).hostname or "localhost"
    write_new(key, pem.decode())
    write_new(certificate, _certificate(private, host, moment).public_bytes(Encoding.PEM).decode())
    return certificate, key


def _certificate(key: ec.EllipticCurvePrivateKey, host: str, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    hosts = [x509.DNSName(host), x509.DNSName(f"*.{host}"), x509.IPAddress(ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
