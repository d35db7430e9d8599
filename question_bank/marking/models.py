"""Marks that people gave to written answers, and who is at which answer now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from question_bank.marking.rules import MarkKind
from training.core.db import Base, BigId
from training.core.scopes import enum_of


class EssayMark(Base):
    """A mark as it was given, for ever (triggers); which of a position counts is told by `rules.counted`.

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
    kind: Mapped[MarkKind] = mapped_column(enum_of(MarkKind), default=MarkKind.SOLE, server_default="sole")


class MarkingClaim(Base):
    """The answer that somebody marks at the moment: until then nobody else is led to it. One row a person."""

    __tablename__ = "marking_claim"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "position"], ["attempt_item.attempt_id", "attempt_item.position"]),
    )

    marker_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True, autoincrement=False)
    attempt_id: Mapped[int] = mapped_column(BigId)
    position: Mapped[int]
    until: Mapped[datetime]
