"""What a base is asked to decide about a certificate in force."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class QuestionState(StrEnum):
    """Where a question stands; `REGAINED`: the programme is fulfilled again, and there is nothing left to decide."""

    OPEN = "open"
    KEPT = "kept"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REGAINED = "regained"


class CertificateQuestion(Base):
    """A certificate in force whose programme is not fulfilled any more; `because` says what is open, as it was then.

    `reason` is why it was kept; that of a suspension or a revocation stands in the certificate's history.
    """

    __tablename__ = "certificate_question"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_with_moment"),
        CheckConstraint(
            "(state IN ('kept', 'suspended', 'revoked')) = (decided_by_id IS NOT NULL)", name="decided_by_somebody"
        ),
        CheckConstraint("(state = 'kept') = (reason IS NOT NULL)", name="kept_for_a_reason"),
        Index(
            "uq_certificate_question_open",
            "certificate_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate.id"), index=True)
    because_zh: Mapped[str] = mapped_column(String(1000))
    because_en: Mapped[str] = mapped_column(String(1000))
    asked_at: Mapped[datetime]
    state: Mapped[QuestionState] = mapped_column(enum_of(QuestionState))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
