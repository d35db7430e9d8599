"""Marks that people gave to written answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId


class EssayMark(Base):
    """A mark as it was given, for ever (triggers): the one of the highest `number` at a position counts.

    `points` are whole points by the id of the criterion. The comment is for the trainee, and emptied alone when they
    are erased.
    """

    __tablename__ = "essay_mark"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "position"], ["attempt_item.attempt_id", "attempt_item.position"]),
        CheckConstraint("number >= 1", name="number"),
    )

    attempt_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    marker_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    marked_at: Mapped[datetime]
    points: Mapped[dict[str, Any]]
    comment: Mapped[str] = mapped_column(String(1000))
    critical: Mapped[bool]
