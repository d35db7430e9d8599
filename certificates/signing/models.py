"""The keys that have signed something, for ever, and which of them signed which document."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class KeyKind(StrEnum):
    """What a key signs."""

    DOCUMENT = "document"  # `public` is its X.509 certificate in DER
    CODE = "code"  # `public` are the 32 bytes of an Ed25519 key


class SignatureKey(Base):
    """The public half of a key that has signed; append-only: whoever changes the key, the old one stays accepted."""

    __tablename__ = "signature_key"
    __table_args__ = (CheckConstraint("length(fingerprint) = 64", name="fingerprint_whole"),)

    id: Mapped[Id]
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[KeyKind] = mapped_column(enum_of(KeyKind))
    public: Mapped[bytes] = mapped_column(LargeBinary)
    development: Mapped[bool]
    first_used_at: Mapped[datetime]


class CertificateSignature(Base):
    """One signed document by the SHA-256 of its bytes, and the keys that signed it and its code; append-only."""

    __tablename__ = "certificate_signature"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_whole"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate.id"), index=True)
    document_key_id: Mapped[int] = mapped_column(BigId, ForeignKey("signature_key.id"), index=True)
    code_key_id: Mapped[int] = mapped_column(BigId, ForeignKey("signature_key.id"), index=True)
    signed_at: Mapped[datetime]
