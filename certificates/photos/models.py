"""The photos of people, and which of them stands on which certificate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id


class Portrait(Base):
    """A photo of a person, in the normal form of `rules.py`; the one without `ended_at` is in use.

    One that was replaced or withdrawn is deleted, unless a certificate was printed with it: then it is kept as it was
    (a trigger) until its holder is erased. The bytes stand in the row and not beside it, so that deleting is deleting.
    """

    __tablename__ = "certificate_portrait"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        Index(
            "uq_certificate_portrait_in_use",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    put_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    put_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PrintedPortrait(Base):
    """The photo that a certificate was issued with; append-only until its holder is erased."""

    __tablename__ = "certificate_printed_portrait"

    certificate_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate.id"), primary_key=True)
    portrait_id: Mapped[int] = mapped_column(BigId, ForeignKey("certificate_portrait.id"), index=True)
