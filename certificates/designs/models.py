"""Designs as they are kept: each row is one version of the design of one scope."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from certificates.design import Design
from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class DesignState(StrEnum):
    """A draft is written, an approved one is printed with, a retired one is kept for what was printed with it."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


def _one(state: DesignState) -> Index:
    """At most one row of a scope is in that state."""
    condition = text(f"state = '{state.value}'")
    return Index(
        f"uq_certificate_design_{state.value}",
        "scope_id",
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


class CertificateDesign(Base):
    """A version of the design of a scope; triggers keep all but drafts as they were approved, and every row for ever.

    `written_by_id` is who saved it last: somebody else approves it.
    """

    __tablename__ = "certificate_design"
    __table_args__ = (
        UniqueConstraint("scope_id", "version"),
        CheckConstraint("(state = 'draft') = (approved_at IS NULL)", name="approved_with_moment"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", name="approved_by_somebody"),
        CheckConstraint("approved_by_id <> written_by_id", name="approved_by_another"),
        CheckConstraint("(state = 'retired') = (retired_at IS NOT NULL)", name="retired_with_moment"),
        _one(DesignState.DRAFT),
        _one(DesignState.APPROVED),
    )

    id: Mapped[Id]
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"))
    version: Mapped[int]
    state: Mapped[DesignState] = mapped_column(enum_of(DesignState))
    page: Mapped[str] = mapped_column(Text)
    sheet: Mapped[str] = mapped_column(Text)
    frame: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    @property
    def look(self) -> Design:
        """The design as the press takes it."""
        return Design(self.page, self.sheet, self.frame.encode())


class PrintedWith(Base):
    """The design that a certificate was issued with, and is printed with; append-only. The house's own has no row."""

    __tablename__ = "certificate_printed_with"

    certificate_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate.id"), primary_key=True)
    design_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate_design.id"), index=True)
