"""Keeping the keys that signed: what was signed once must be accepted for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from certificates.signing import queries
from certificates.signing.keys import CodeKey, DocumentKey
from certificates.signing.models import CertificateSignature, KeyKind, SignatureKey
from training.core.db import db, upsert


@dataclass(frozen=True)
class SignedBy:
    """The keys that signed a document and its code, and when."""

    key: DocumentKey
    code_key: CodeKey
    at: datetime


def record_signature(certificate_id: int, sha256: str, by: SignedBy) -> None:
    """Note which keys signed a document, and publish them from now on. Does not commit."""
    key, code_key, at = by.key, by.code_key, by.at
    ids = _published(key, code_key, at)
    db.session.add(
        CertificateSignature(
            sha256=sha256,
            certificate_id=certificate_id,
            document_key_id=ids[key.fingerprint],
            code_key_id=ids[code_key.fingerprint],
            signed_at=at,
        )
    )
    db.session.flush()


def _published(key: DocumentKey, code_key: CodeKey, at: datetime) -> dict[str, int]:
    """The ids of both keys, written down at their first use."""
    fingerprints = (key.fingerprint, code_key.fingerprint)
    known = queries.key_ids(fingerprints)
    if len(known) == len(fingerprints):
        return known
    values = (
        (key.fingerprint, KeyKind.DOCUMENT, key.der, key.development),
        (code_key.fingerprint, KeyKind.CODE, code_key.public, key.development),
    )
    rows = [
        {"fingerprint": fingerprint, "kind": kind, "public": public, "development": development, "first_used_at": at}
        for fingerprint, kind, public, development in values
    ]
    db.session.execute(upsert(SignatureKey, rows, keys=("fingerprint",)))
    return queries.key_ids(fingerprints)
