"""Programmes with their requirements, cohorts at a base, and enrolments."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class Programme(Base):
    """A programme (培训项目): an activity whose requirements are hurdles, each to be cleared for itself.

    Its certificates are valid for `valid_months`; 0 means without end.
    """

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("valid_months BETWEEN 0 AND 1200", name="valid_months"),)

    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    valid_months: Mapped[int]


class Requirement(Base):
    """One hurdle of a programme: an activity that must be fulfilled."""

    __tablename__ = "requirement"
    __table_args__ = (
        UniqueConstraint("programme_id", "activity_id"),
        UniqueConstraint("programme_id", "position"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(BigId, ForeignKey("programme.activity_id"))
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), index=True)
    position: Mapped[int]


class Cohort(Base):
    """A class (班次) of one programme at one base; owns a scope, on which its trainees hold their role.

    `reminders_off_at` says since when its people are not reminded; `reminded_on` is the day they were last looked at.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("base_id", "code"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    programme_id: Mapped[int] = mapped_column(BigId, ForeignKey("programme.activity_id"), index=True)
    base_id: Mapped[int] = mapped_column(BigId, ForeignKey("training_base.id"), index=True)
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"), unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opened_at: Mapped[datetime]
    reminders_off_at: Mapped[datetime | None]
    reminded_on: Mapped[date | None]


class EnrolmentStatus(StrEnum):
    """Where an enrolment stands: a projection of the ledger."""

    OPEN = "open"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class Enrolment(Base):
    """One person in one cohort, once. `programme_id` repeats the cohort's, for the ledger's look-up."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[Id]
    cohort_id: Mapped[int] = mapped_column(BigId, ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    programme_id: Mapped[int] = mapped_column(BigId, ForeignKey("programme.activity_id"), index=True)
    status: Mapped[EnrolmentStatus] = mapped_column(enum_of(EnrolmentStatus))
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))
    extended_until: Mapped[date | None]


class Extension(Base):
    """A later last day for one enrolment, with the reason; appended, the last one counts."""

    __tablename__ = "extension"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"), index=True)
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))


class EnrolmentPin(Base):
    """The version of a required activity that was current at enrolment: learners keep what they began with."""

    __tablename__ = "enrolment_pin"

    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    version: Mapped[int]
