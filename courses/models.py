"""Courses, lessons and their versions. Versions and outlines are append-only: who began with one keeps it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId

COURSE = "courses:course"
LESSON = "courses:lesson"


class Course(Base):
    """A course: an activity whose parts are the lessons of the version that a learner's enrolment pins."""

    __tablename__ = "course"

    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    summary_zh: Mapped[str] = mapped_column(String(1000))
    summary_en: Mapped[str] = mapped_column(String(1000))


class Lesson(Base):
    """A lesson (课时): an activity whose parent is its course. `slug` names it within the course."""

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("course.activity_id"))
    slug: Mapped[str] = mapped_column(String(60))


class LessonVersion(Base):
    """What a lesson says in one version, in both languages, as Markdown; never changed afterwards."""

    __tablename__ = "lesson_version"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes"),
        CheckConstraint("class_hours >= 0", name="class_hours_not_negative"),
    )

    lesson_id: Mapped[int] = mapped_column(BigId, ForeignKey("lesson.activity_id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    class_hours: Mapped[Decimal] = mapped_column(Numeric(6, 1, asdecimal=True))
    author_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]


class CourseLesson(Base):
    """One line of the outline of one course version; never changed afterwards."""

    __tablename__ = "course_lesson"
    __table_args__ = (
        ForeignKeyConstraint(["lesson_id", "lesson_version"], ["lesson_version.lesson_id", "lesson_version.version"]),
        UniqueConstraint("course_id", "course_version", "lesson_id"),
        CheckConstraint("position >= 1", name="position_from_one"),
        Index("ix_course_lesson_lesson", "lesson_id", "lesson_version"),
    )

    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("course.activity_id"), primary_key=True)
    course_version: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    lesson_id: Mapped[int]
    lesson_version: Mapped[int]


class LessonPlace(Base):
    """Where somebody was reading: the id of the last heading reached. A convenience, no record of anything."""

    __tablename__ = "lesson_place"

    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(BigId, ForeignKey("lesson.activity_id"), primary_key=True, index=True)
    heading: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime]
