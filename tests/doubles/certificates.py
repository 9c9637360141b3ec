"""A certificate authority for one test run, and a certificate for this machine signed by it."""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tidings.kit.clock import SystemClock


@dataclass(frozen=True, slots=True)
class Authority:
    """What a client must trust, and what a server on 127.0.0.1 shows."""

    pem: bytes
    server: ssl.SSLContext

    @property
    def text(self) -> str:
        """The authority's certificate as a setting."""
        return self.pem.decode()


def authority(*protocols: str) -> Authority:
    """A server context that offers these protocols (ALPN)."""
    ca, chain = _material()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "chain.pem"
        path.write_bytes(chain)
        context.load_cert_chain(path)
    if protocols:
        context.set_alpn_protocols(protocols)
    return Authority(ca, context)


@cache
def _material() -> tuple[bytes, bytes]:
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Doubles")])
    ca = _certificate(issuer, issuer, ca_key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
    leaf = _certificate(subject, issuer, key.public_key()).add_extension(names, critical=False)
    ca_pem = ca.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM)
    leaf_pem = leaf.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM)
    return ca_pem, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + leaf_pem


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = SystemClock().now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
