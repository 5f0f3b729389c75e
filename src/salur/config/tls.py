"""A self-signed certificate, so that a phone on the local network gets camera and app.

Browsers give the camera and service workers to https pages only. Real use takes a real certificate
in front of salur.
"""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from salur.kernel.clock import now

from .environment import addresses

VALID_DAYS = 397  # browsers refuse longer ones


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Certificate and key files for this machine's addresses, made anew when they do not fit."""
    names = addresses(host)
    crt, key = folder / "tls.crt", folder / "tls.key"
    if crt.exists() and key.exists() and _fits(crt, names):
        return crt, key
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"salur {names[0]}"[:64])])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - dt.timedelta(hours=1))
        .not_valid_after(now() + dt.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(n) for n in names]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .sign(private, hashes.SHA256())
    )
    key.unlink(missing_ok=True)
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    crt.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    return crt, key


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _fits(file: Path, names: list[str]) -> bool:
    found = x509.load_pem_x509_certificate(file.read_bytes())
    if found.not_valid_after_utc < now() + dt.timedelta(days=7):
        return False
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {_general_name(name) for name in names} <= set(held)
