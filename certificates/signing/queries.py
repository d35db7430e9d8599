"""Reading the keys that are accepted, the documents that were signed, and where all certificates stand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, func, or_, select

from certificates.models import Certificate, CertificateDocument, CertificateStatus
from certificates.signing.models import CertificateSignature, KeyKind, SignatureKey
from certificates.signing.status_list import Standing
from training.core.db import db


def keys(kind: KeyKind) -> Sequence[SignatureKey]:
    """The keys of a kind that have signed something, the newest first."""
    statement = select(SignatureKey).where(SignatureKey.kind == kind).order_by(SignatureKey.id.desc())
    return db.session.scalars(statement).all()


def key_ids(fingerprints: Sequence[str]) -> dict[str, int]:
    """The ids of the keys among those fingerprints that have signed something."""
    statement = select(SignatureKey.fingerprint, SignatureKey.id).where(SignatureKey.fingerprint.in_(fingerprints))
    return {row.fingerprint: row.id for row in db.session.execute(statement)}


def is_issued(sha256: str) -> bool:
    """Whether a document of those bytes was issued: signed, or kept from before documents were signed."""
    signed = exists().where(CertificateSignature.sha256 == sha256)
    unsigned = exists(
        select(CertificateDocument.certificate_id)
        .outerjoin(CertificateSignature, CertificateSignature.certificate_id == CertificateDocument.certificate_id)
        .where(CertificateSignature.sha256.is_(None), CertificateDocument.sha256 == sha256)
    )
    return bool(db.session.scalar(select(or_(signed, unsigned))))


def place_of(certificate_id: int) -> int:
    """Where the list of standings tells of a certificate."""
    return certificate_id


def standing_of(status: CertificateStatus) -> Standing:
    """What the list says of a status: both name it alike."""
    return Standing[status.name]


def standings() -> tuple[dict[int, Standing], int]:
    """All certificates that are not valid, by their place in the list; and the last place given."""
    statement = select(Certificate.id, Certificate.status).where(Certificate.status != CertificateStatus.VALID)
    told = {place_of(certificate_id): standing_of(status) for certificate_id, status in db.session.execute(statement)}
    return told, db.session.scalar(select(func.max(Certificate.id))) or 0
