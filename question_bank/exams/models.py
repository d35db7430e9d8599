"""Exam sessions, who is admitted to them, and what happened in an attempt besides answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class ExamSession(Base):
    """An exam session (考试场次): one quiz, at one time, for those who are admitted to it.

    Who has not begun `late_minutes` after `opens_at` is not let in; at `closes_at` papers are handed in, whoever has
    extra time excepted. `code` is what the invigilator says in the room; empty: none is asked for. Results that are
    `held` are told from `release_at` on, when that is decided; items with their key only if it is `explained`, and when
    nobody can sit it any more. While `paused_at` is set nobody's time runs.
    """

    __tablename__ = "exam_session"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("late_minutes BETWEEN 0 AND 1440", name="late_minutes"),
        Index("ix_exam_session_scope", "scope_id", "opens_at"),
    )

    id: Mapped[Id]
    quiz_id: Mapped[int] = mapped_column(BigId, ForeignKey("quiz.activity_id"), index=True)
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"))
    name: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    late_minutes: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    honour: Mapped[bool]
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    release_at: Mapped[datetime | None]
    explained: Mapped[bool] = mapped_column(default=True, server_default=true())
    paused_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    created_at: Mapped[datetime]


class ExamCandidate(Base):
    """Somebody who is admitted to a session, with the extra time they are granted and why (合理便利)."""

    __tablename__ = "exam_candidate"
    __table_args__ = (CheckConstraint("extra_minutes BETWEEN 0 AND 600", name="extra_minutes"),)

    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("exam_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True, index=True)
    extra_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")


class EventKind(StrEnum):
    """What can happen in an attempt besides an answer: by the person's browser, or by an invigilator."""

    LEFT = "left"
    RETURNED = "returned"
    ELSEWHERE = "elsewhere"
    EXTENDED = "extended"
    PAUSED = "paused"
    RESUMED = "resumed"
    REOPENED = "reopened"
    VOIDED = "voided"


class AttemptEvent(Base):
    """What happened in an attempt, for ever (triggers); shown to invigilators as a fact, judged by nobody here.

    `detail` holds minutes and reasons; `actor_id` is the invigilator, None for the person's own browser.
    """

    __tablename__ = "attempt_event"
    __table_args__ = (Index("ix_attempt_event_attempt", "attempt_id", "id"),)

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(BigId, ForeignKey("attempt.id"))
    at: Mapped[datetime]
    kind: Mapped[EventKind] = mapped_column(enum_of(EventKind))
    detail: Mapped[dict[str, Any]]
    actor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
