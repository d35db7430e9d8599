"""Rulings, and what each of them changed in an attempt."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from question_bank.regrading.rules import Ruled
from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class RulingStatus(StrEnum):
    """Where a ruling stands: looked at only, decided and being carried out, or carried out on every attempt."""

    DRAFTED = "drafted"
    RUNNING = "running"
    DONE = "done"


class Ruling(Base):
    """What was decided about an item version in a quiz, or about its pass mark; its content is for ever (triggers).

    From the moment it is decided every attempt that is finished is marked by it. `quiz_version` is the newest version
    of the quiz when it was drafted. `moving` is how many attempts it was to change; `reached` is the person up to whom
    it is carried out.
    """

    __tablename__ = "ruling"
    __table_args__ = (
        CheckConstraint("(kind = 'pass_mark') = (item_version_id IS NULL)", name="about_an_item_or_the_whole"),
        CheckConstraint("(kind = 'key') = (by_version_id IS NOT NULL)", name="key_of_a_version"),
        CheckConstraint("kind = 'pass_mark' OR pass_percent IS NULL", name="pass_mark_alone"),
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_percent"),
        CheckConstraint("reason <> ''", name="reason_not_empty"),
        CheckConstraint(
            "(status = 'drafted') = (decided_at IS NULL) AND (status = 'drafted') = (decided_by_id IS NULL)",
            name="decided_by_whom_and_when",
        ),
        CheckConstraint("(status = 'done') = (ended_at IS NOT NULL)", name="ended_with_moment"),
        Index("ix_ruling_quiz", "quiz_id", "decided_at"),
        Index(
            "uq_ruling_running",
            "quiz_id",
            unique=True,
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
    )

    id: Mapped[Id]
    quiz_id: Mapped[int] = mapped_column(BigId, ForeignKey("quiz.activity_id"))
    quiz_version: Mapped[int]
    item_version_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item_version.id"), index=True)
    kind: Mapped[Ruled] = mapped_column(enum_of(Ruled))
    by_version_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item_version.id"))
    pass_percent: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(500))
    drafted_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    drafted_at: Mapped[datetime]
    status: Mapped[RulingStatus] = mapped_column(enum_of(RulingStatus), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    moving: Mapped[int] = mapped_column(default=0)
    reached: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class RegradeLine(Base):
    """What a ruling changed in an attempt, for ever (triggers).

    `before` and `after` hold `score` (percent, a text), `passed`, and for each changed position (a text) `earned`
    (points, a text; None: counts for nobody) and `critical`.
    """

    __tablename__ = "regrade_line"

    ruling_id: Mapped[int] = mapped_column(BigId, ForeignKey("ruling.id"), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(BigId, ForeignKey("attempt.id"), primary_key=True, index=True)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    at: Mapped[datetime]
