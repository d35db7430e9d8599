"""What a holder asks when a certificate comes to its end."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class RenewalState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class Renewal(Base):
    """A holder's request to renew a certificate, and what its base decided.

    `hours` are the class hours that the ledger counted since the issue when it was asked; `statement` and the file are
    the holder's own evidence. A granted one leads to its new certificate by `Certificate.replaces_id`.
    """

    __tablename__ = "certificate_renewal"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_moment"),
        CheckConstraint("(state IN ('granted', 'refused')) = (decided_by_id IS NOT NULL)", name="decided_by_somebody"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refused_for_a_reason"),
        CheckConstraint("(file_id IS NULL) = (file_name IS NULL)", name="file_with_name"),
        CheckConstraint("hours >= 0", name="hours_not_negative"),
        Index(
            "uq_certificate_renewal_waiting",
            "certificate_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    hours: Mapped[Decimal] = mapped_column(Numeric(7, 1, asdecimal=True))
    statement: Mapped[str] = mapped_column(String(2000))
    file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("stored_file.id"))
    file_name: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[RenewalState] = mapped_column(enum_of(RenewalState))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(String(500))
