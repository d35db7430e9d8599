"""Dialogues and their versions, and what people said in them. Versions and steps are append-only."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id

DIALOGUE = "courses:dialogue"


class Dialogue(Base):
    """A dialogue (沟通情景): an activity; what is said in it stands in its versions."""

    __tablename__ = "dialogue"

    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)


class DialogueVersion(Base):
    """A dialogue as it was published, for ever: the author's file to the letter, and the graph read from it."""

    __tablename__ = "dialogue_version"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes"),
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_percent"),
    )

    dialogue_id: Mapped[int] = mapped_column(BigId, ForeignKey("dialogue.activity_id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[int]
    pass_percent: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]]
    author_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]


class DialogueAttempt(Base):
    """One person's conversation in one version; `number` counts theirs. `seed` fixes the order of replies shown.

    Only its end is written after it was begun: when, how many percent, and whether that passes.
    """

    __tablename__ = "dialogue_attempt"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "version"], ["dialogue_version.dialogue_id", "dialogue_version.version"]),
        UniqueConstraint("person_id", "dialogue_id", "number"),
        CheckConstraint("(finished_at IS NULL) = (passed IS NULL)", name="graded_when_finished"),
        CheckConstraint("(finished_at IS NULL) = (score_percent IS NULL)", name="scored_when_finished"),
        CheckConstraint("score_percent BETWEEN 0 AND 100", name="score_percent"),
        Index("ix_dialogue_attempt_version", "dialogue_id", "version"),
        Index(
            "uq_dialogue_attempt_open",
            "person_id",
            "dialogue_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[int]
    version: Mapped[int]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    number: Mapped[int]
    seed: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    score_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2, asdecimal=True))
    passed: Mapped[bool | None]


class DialogueStep(Base):
    """A reply as it was given, for ever: at which step, to which turn, and its place in the file."""

    __tablename__ = "dialogue_step"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_one"),)

    attempt_id: Mapped[int] = mapped_column(BigId, ForeignKey("dialogue_attempt.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    turn: Mapped[str] = mapped_column(String(40))
    reply: Mapped[int]
    taken_at: Mapped[datetime]
