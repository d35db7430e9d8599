"""Consents, wishes to correct, wishes to be erased."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class ConsentSubject(StrEnum):
    """What is consented to: the notice as a whole, and apart from it the keeping of the identity number (PIPL 29)."""

    NOTICE = "notice"
    ID_NUMBER = "id_number"


class Consent(Base):
    """One consent given or withdrawn, once and for ever; `version` is the notice's. Append-only."""

    __tablename__ = "consent"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    subject: Mapped[ConsentSubject] = mapped_column(enum_of(ConsentSubject))
    version: Mapped[int]
    given: Mapped[bool]
    at: Mapped[datetime]


class CorrectionStatus(StrEnum):
    """Where a wish to correct stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Correction(Base):
    """What a person wants corrected: `wanted` holds the new value by field; one waiting at a time."""

    __tablename__ = "correction"
    __table_args__ = (
        Index(
            "uq_correction_one_waiting",
            "person_id",
            unique=True,
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided_with_a_moment"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    wanted: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(500))
    status: Mapped[CorrectionStatus] = mapped_column(enum_of(CorrectionStatus))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(String(500))


class ErasureRequest(Base):
    """A wish to be erased: carried out from `due_at` on unless taken back before; one open at a time."""

    __tablename__ = "erasure_request"
    __table_args__ = (
        Index(
            "uq_erasure_request_one_open",
            "person_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL AND done_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL AND done_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    taken_back_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
