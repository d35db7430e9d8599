"""The keys: read from files, or made for development; who of them may sign when. Pure, but for the files.

Two keys sign. The *document key* (RSA of 2048 bits or more, or a curve of NIST's) signs the PDF and has an X.509
certificate with its days of validity. The *code key* (Ed25519) signs the short code in the QR, where there is no room
for a certificate; it is valid as long as it is published.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

SMALLEST_RSA = 2048
DEVELOPMENT = "Anning development key - proves nothing"
"""The name in the certificate of a development key; whoever makes a real one gives it another."""

_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""A development key is valid in the time of every sample and test."""

DocumentPrivate = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class KeyFault(Exception):
    """A key that cannot be used; the sentence says which file, what is wrong, and what to do."""


@dataclass(frozen=True)
class DocumentKey:
    """The key that signs documents, its certificate, and the certificates above that one, if any."""

    private: DocumentPrivate
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @cached_property
    def der(self) -> bytes:
        """The certificate as it is published."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal digits."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def development(self) -> bool:
        """Whether it was made by the house itself, and so proves nothing to anybody."""
        return is_development(self.certificate)

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether it may sign then."""
        return self.certificate.not_valid_before_utc <= moment <= self.certificate.not_valid_after_utc

    def sign(self, data: bytes) -> bytes:
        """The raw signature of some bytes, with SHA-256."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True)
class CodeKey:
    """The key that signs the codes in QRs, and the lists of standings."""

    private: ed25519.Ed25519PrivateKey

    @cached_property
    def public(self) -> bytes:
        """The 32 bytes by which it is checked."""
        return self.private.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, in hexadecimal digits; a code names the key by the first four."""
        return hashlib.sha256(self.public).hexdigest()

    def sign(self, data: bytes) -> bytes:
        """The signature, 64 bytes; the same data gives the same ones."""
        return self.private.sign(data)


def is_development(certificate: x509.Certificate) -> bool:
    """Whether a certificate is that of a development key."""
    return any(one.value == DEVELOPMENT for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME))


def code_is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether an Ed25519 signature fits the public key (32 bytes) and the data."""
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def load_document_key(path: Path, passphrase: Path | None = None) -> DocumentKey:
    """Read a PEM file (private key and certificate, then those above) or a PKCS#12 file; raises `KeyFault`."""
    secret = _read(passphrase).strip() if passphrase else None
    content = _read(path)
    try:
        private, certificates = _from_pem(content, secret) if b"-----BEGIN" in content else _from_p12(content, secret)
    except (ValueError, TypeError) as error:
        raise KeyFault(
            f"{path} is no PEM or PKCS#12 file with a private key, or its passphrase is another one."
        ) from error
    own = [one for one in certificates if private is not None and one.public_key() == private.public_key()]
    if private is None or not own:
        raise KeyFault(f"{path} must hold a private key and the certificate that belongs to it.")
    if isinstance(private, rsa.RSAPrivateKey):
        fit = private.key_size >= SMALLEST_RSA
    else:
        fit = isinstance(private, ec.EllipticCurvePrivateKey)
    if not fit:
        raise KeyFault(f"The key in {path} must be RSA of at least {SMALLEST_RSA} bits, or one of an elliptic curve.")
    return DocumentKey(private, own[0], tuple(one for one in certificates if one != own[0]))


def load_code_key(path: Path) -> CodeKey:
    """Read an Ed25519 key from a PEM file; raises `KeyFault`."""
    try:
        private = serialization.load_pem_private_key(_read(path), None)
    except (ValueError, TypeError) as error:
        raise KeyFault(f"{path} is no PEM file with an Ed25519 key without a passphrase.") from error
    if not isinstance(private, ed25519.Ed25519PrivateKey):
        raise KeyFault(f"The key in {path} is not an Ed25519 key.")
    return CodeKey(private)


def development_key(path: Path) -> DocumentKey:
    """The development key of this place, made now if it is not there."""
    if not path.exists():
        private = ec.generate_private_key(ec.SECP256R1())
        _put(path, _pem(private) + _self_signed(private).public_bytes(serialization.Encoding.PEM))
    return load_document_key(path)


def own_code_key(path: Path) -> CodeKey:
    """The code key of this place, made now if it is not there."""
    if not path.exists():
        _put(path, _pem(ed25519.Ed25519PrivateKey.generate()))
    return load_code_key(path)


def _self_signed(private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVELOPMENT)])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .sign(private, hashes.SHA256())
    )


def _from_pem(content: bytes, secret: bytes | None) -> tuple[Any, list[x509.Certificate]]:
    return serialization.load_pem_private_key(content, secret), x509.load_pem_x509_certificates(content)


def _from_p12(content: bytes, secret: bytes | None) -> tuple[Any, list[x509.Certificate]]:
    private, own, above = pkcs12.load_key_and_certificates(content, secret)
    return private, [*([own] if own else []), *above]


def _pem(private: Any) -> bytes:
    encoded: bytes = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFault(f"{path} cannot be read ({error.strerror}).") from error


def _put(path: Path, content: bytes) -> None:
    """Put a key there whole, or leave the one that another process has put there meanwhile."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name) as part:  # for its owner alone
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
            with suppress(FileExistsError):
                os.link(part.name, path)
    except OSError as error:
        raise KeyFault(f"The key {path} cannot be kept ({error.strerror}).") from error


def text_of(data: bytes) -> str:
    """Bytes as URLs and JSON carry them: base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
