"""The register of certificates and their printed documents."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class CertificateStatus(StrEnum):
    """What was decided about a certificate; that it expired is told by its `valid_until`, not stored."""

    VALID = "valid"
    REVOKED = "revoked"


class Certificate(Base):
    """One certificate, for ever: triggers refuse DELETE and every UPDATE but the one that revokes it.

    `fields` is `CertificateFields.as_dict()` as it was printed; `scope_id` is the cohort's scope.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_one_in_force",
            "enrolment_id",
            unique=True,
            sqlite_where=text("status = 'valid'"),
            postgresql_where=text("status = 'valid'"),
        ),
        CheckConstraint(
            "(status = 'revoked') = (revoked_at IS NOT NULL) "
            "AND (status = 'revoked') = (revoked_by_id IS NOT NULL) "
            "AND (status = 'revoked') = (revoked_reason IS NOT NULL)",
            name="revoked_with_day_name_and_reason",
        ),
        CheckConstraint("revoked_reason <> ''", name="reason_not_empty"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    programme_id: Mapped[int] = mapped_column(BigId, ForeignKey("programme.activity_id"), index=True)
    base_id: Mapped[int] = mapped_column(BigId, ForeignKey("training_base.id"), index=True)
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"), index=True)
    status: Mapped[CertificateStatus] = mapped_column(enum_of(CertificateStatus))
    fields: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    valid_until: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    revoked_reason: Mapped[str | None] = mapped_column(String(500))


class CertificateDocument(Base):
    """The printed PDF, stored once by the job that renders it; append-only."""

    __tablename__ = "certificate_document"

    certificate_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate.id"), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    rendered_at: Mapped[datetime]
