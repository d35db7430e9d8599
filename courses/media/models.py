"""The media of a course by name, what each lesson version shows of them, and where somebody stopped listening."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from courses.figures import KINDS
from training.core.db import Base, BigId, Id


class CourseMedia(Base):
    """A file of a course under a name that its lessons write.

    A file sent again under the name replaces it: the row before keeps its file for the versions that show it.
    """

    __tablename__ = "course_media"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind"),
        Index(
            "uq_course_media_name",
            "course_id",
            "name",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("course.activity_id"))
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("stored_file.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    alt_zh: Mapped[str] = mapped_column(String(300))
    alt_en: Mapped[str] = mapped_column(String(300))
    caption_zh: Mapped[str] = mapped_column(String(300))
    caption_en: Mapped[str] = mapped_column(String(300))
    captions_zh_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("stored_file.id"), index=True)
    captions_en_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("stored_file.id"), index=True)
    transcript_zh: Mapped[str] = mapped_column(Text)
    transcript_en: Mapped[str] = mapped_column(Text)
    added_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    added_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class LessonMedia(Base):
    """What a lesson version shows under a name; never changed afterwards."""

    __tablename__ = "lesson_media"
    __table_args__ = (
        ForeignKeyConstraint(["lesson_id", "lesson_version"], ["lesson_version.lesson_id", "lesson_version.version"]),
    )

    lesson_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    lesson_version: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    media_id: Mapped[int] = mapped_column(BigId, ForeignKey("course_media.id"), index=True)


class MediaPlace(Base):
    """Where somebody stopped in a recording, in seconds. A convenience, no record of anything."""

    __tablename__ = "media_place"
    __table_args__ = (CheckConstraint("seconds >= 0", name="seconds_not_negative"),)

    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True)
    media_id: Mapped[int] = mapped_column(BigId, ForeignKey("course_media.id"), primary_key=True, index=True)
    seconds: Mapped[int]
    updated_at: Mapped[datetime]
