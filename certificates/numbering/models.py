"""Schemes of local numbers, how far each has come in a year, and every number drawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id


class NumberScheme(Base):
    """How certificates of a place are numbered; a pattern never changes, another one is another scheme."""

    __tablename__ = "certificate_number_scheme"
    __table_args__ = (
        Index(
            "uq_certificate_number_scheme_in_use",
            "scope_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"), index=True)
    pattern: Mapped[str] = mapped_column(String(60), unique=True)
    begun_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class NumberCounter(Base):
    """The last serial of a scheme in a year. Whoever draws holds this row until the transaction ends: no gaps."""

    __tablename__ = "certificate_number_counter"

    scheme_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate_number_scheme.id"), primary_key=True)
    year: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    last: Mapped[int]


class DrawnNumber(Base):
    """A number drawn, for ever: for a certificate, or void from the start with the reason; append-only.

    That of a revoked certificate is void too, with the reason of the revocation, which stands there.
    """

    __tablename__ = "certificate_drawn_number"
    __table_args__ = (
        UniqueConstraint("scheme_id", "year", "serial"),
        CheckConstraint("(certificate_id IS NULL) = (void_reason IS NOT NULL)", name="used_or_void"),
    )

    id: Mapped[Id]
    scheme_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate_number_scheme.id"))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(80), unique=True)
    certificate_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("certificate.id"), unique=True)
    drawn_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    drawn_at: Mapped[datetime]
    void_reason: Mapped[str | None] = mapped_column(String(500))
