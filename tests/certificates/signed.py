"""Signed certificates made from plain values, with keys of their own: no database, no application."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from certificates import pdf
from certificates.fields import CertificateFields
from certificates.photos.drawing import silhouette
from certificates.signing import codes, pen, seat
from certificates.signing.examine import KnownKey
from certificates.signing.keys import CodeKey, DocumentKey, DocumentPrivate
from certificates.signing.published import Published
from training.core.fonts import Typefaces

MOMENT = datetime(2026, 5, 28, 9, 30, tzinfo=UTC)
PLACE = 4711


@functools.lru_cache
def rsa_key() -> rsa.RSAPrivateKey:
    """One key for all tests: making one takes a while."""
    return rsa.generate_private_key(65537, 2048)


def certificate_of(
    private: DocumentPrivate, name: str = "Shandong Training Centre", *, first: datetime = MOMENT, days: int = 365
) -> x509.Certificate:
    """A certificate that its key has signed itself, valid from the day before `first`."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first - timedelta(days=1))
        .not_valid_after(first + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .sign(private, hashes.SHA256())
    )


@dataclass(frozen=True)
class Desk:
    """Whoever signs: a document key by a curve unless another is given, and a code key."""

    private: DocumentPrivate = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    code_key: CodeKey = field(default_factory=lambda: CodeKey(ed25519.Ed25519PrivateKey.generate()))
    days: int = 365

    @functools.cached_property
    def key(self) -> DocumentKey:
        """The key with its certificate."""
        return DocumentKey(self.private, certificate_of(self.private, days=self.days))

    @property
    def published(self) -> Published:
        """What `/verify/keys` would tell of these keys."""
        return Published((KnownKey(self.key.der),), (self.code_key.public,))

    def place(self, certificate: CertificateFields, typefaces: Typefaces, *, stamped: bool = False) -> bytes:
        """The certificate printed with a place for a signature."""
        code = codes.mint(
            certificate.number,
            certificate.person_name,
            issued_on=certificate.issued_on,
            valid_until=certificate.valid_until,
            place=PLACE,
            key=self.code_key,
        )
        claim = seat.Claim(certificate.number, certificate.person_name, code)
        finish = seat.reserve(claim, pen.room_for(self.key, stamped=stamped))
        photo = silhouette() if certificate.photo else None
        return pdf.render(certificate, typefaces, code=code, photo=photo, finish=finish)

    def sign(self, certificate: CertificateFields, typefaces: Typefaces) -> bytes:
        """The certificate printed and signed."""
        return pen.sign(self.place(certificate, typefaces), self.key, MOMENT)


def pem_of(key: DocumentKey, path: Path, passphrase: bytes | None = None) -> Path:
    """A file with the key and its certificate."""
    sealed = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    private = key.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
    path.write_bytes(private + key.certificate.public_bytes(serialization.Encoding.PEM))
    return path
