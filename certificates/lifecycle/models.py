"""The history of a certificate's status."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class EventKind(StrEnum):
    """What happened to a certificate; each changes its status."""

    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class CertificateEvent(Base):
    """One change of a certificate's status, for ever: triggers refuse UPDATE and DELETE.

    `authority` is on whose authority, in words (the number of a decision, or the base itself). `until` is the day by
    which a suspension is expected to end, if that is known. The reason is public but for what superseded: that one is
    for staff. `key` comes from the form, so that what is sent twice happens once.
    """

    __tablename__ = "certificate_event"
    __table_args__ = (
        CheckConstraint("authority <> ''", name="authority_not_empty"),
        CheckConstraint("reason <> ''", name="reason_not_empty"),
        CheckConstraint("until IS NULL OR kind = 'suspended'", name="until_of_a_suspension"),
    )

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(enum_of(EventKind))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    authority: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    until: Mapped[date | None]
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
