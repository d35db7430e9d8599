"""The published keys as JSON: written for everybody, read by whoever checks without a network. Pure."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.signing.examine import KnownKey
from certificates.signing.keys import KeyFault, text_of

LARGEST_FILE = 1024 * 1024


@dataclass(frozen=True)
class Published:
    """The keys that are accepted: certificates of document keys, and code keys (32 bytes each)."""

    documents: tuple[KnownKey, ...] = ()
    codes: tuple[bytes, ...] = field(default=())


def write(site: str, documents: Iterable[KnownKey], codes: Iterable[bytes]) -> dict[str, Any]:
    """The keys as JSON values, the one in use first in each list."""
    return {
        "issuer": site,
        "documentKeys": [_document_key(one) for one in documents],
        "codeKeys": [{"algorithm": "Ed25519", "publicKey": text_of(one)} for one in codes],
    }


def _document_key(key: KnownKey) -> dict[str, Any]:
    certificate = x509.load_der_x509_certificate(key.der)
    return {
        "fingerprint": key.fingerprint,
        "subject": certificate.subject.rfc4514_string(),
        "notBefore": certificate.not_valid_before_utc.isoformat(),
        "notAfter": certificate.not_valid_after_utc.isoformat(),
        "development": key.development,
        "certificate": certificate.public_bytes(Encoding.PEM).decode(),
    }


def read(content: bytes) -> Published:
    """Read what `write` wrote; raises `KeyFault`."""
    try:
        told = json.loads(content)
        documents = tuple(
            KnownKey(
                x509.load_pem_x509_certificate(one["certificate"].encode()).public_bytes(Encoding.DER),
                bool(one["development"]),
            )
            for one in told["documentKeys"]
        )
        codes = tuple(urlsafe_b64decode(one["publicKey"] + "==") for one in told["codeKeys"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KeyFault("This is no list of published keys, as /verify/keys gives it.") from error
    return Published(documents, codes)
