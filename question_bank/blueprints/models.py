"""The sections of a version of a quiz, and what is drawn in them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId


class QuizSection(Base):
    """A section (大题) of one version of a quiz. A version without any is one section that bears no title.

    `policy` is a key of `grading.POLICIES`, empty where each type has its own.
    """

    __tablename__ = "quiz_section"
    __table_args__ = (
        ForeignKeyConstraint(["quiz_id", "version"], ["quiz_version.quiz_id", "quiz_version.version"]),
        CheckConstraint("number >= 1", name="number"),
    )

    quiz_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    policy: Mapped[str] = mapped_column(String(20))


class QuizDraw(Base):
    """So many items of a section that are drawn for each person from the quiz's bank, and what they must be.

    An empty text or NULL asks for nothing; a category takes in those below it.
    """

    __tablename__ = "quiz_draw"
    __table_args__ = (
        ForeignKeyConstraint(
            ["quiz_id", "version", "section"], ["quiz_section.quiz_id", "quiz_section.version", "quiz_section.number"]
        ),
        CheckConstraint("count BETWEEN 1 AND 100", name="count"),
        CheckConstraint("points BETWEEN 1 AND 100", name="points"),
        CheckConstraint("difficulty_min BETWEEN 1 AND 5", name="difficulty_min"),
        CheckConstraint("difficulty_max BETWEEN 1 AND 5", name="difficulty_max"),
    )

    quiz_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    section: Mapped[int]
    count: Mapped[int]
    points: Mapped[int]
    type: Mapped[str] = mapped_column(String(20))
    module: Mapped[str] = mapped_column(String(40))
    competency: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(20))
    difficulty_min: Mapped[int | None]
    difficulty_max: Mapped[int | None]
    category_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item_category.id"), index=True)
    tag: Mapped[str] = mapped_column(String(40))
