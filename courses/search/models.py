"""The words of each lesson version, folded for searching. Derived: `indexing.py` writes what is missing."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId


class LessonWords(Base):
    """Titles and texts of a lesson version in both languages, without marks, in folded form (`folding.py`)."""

    __tablename__ = "lesson_words"
    __table_args__ = (
        ForeignKeyConstraint(["lesson_id", "lesson_version"], ["lesson_version.lesson_id", "lesson_version.version"]),
    )

    lesson_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    lesson_version: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text)
