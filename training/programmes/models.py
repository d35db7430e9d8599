"""Programmes with their requirements and credits, cohorts at a base, and enrolments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import BY_MIGRATION, Base, BigId, Id
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


class RequirementGroup(Base):
    """Hurdles that stand together in one version of a programme: all of them are needed, or at least so many.

    Groups stand in groups (`parent_id`). `position` counts groups and requirements of a version together, each group
    before its members. Versions are never changed: who is enrolled keeps what they began with.
    """

    __tablename__ = "requirement_group"
    __table_args__ = (
        UniqueConstraint("programme_id", "version", "position"),
        CheckConstraint("at_least >= 1", name="at_least_one"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(BigId, ForeignKey("programme.activity_id"))
    version: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("requirement_group.id"), index=True)
    position: Mapped[int]
    at_least: Mapped[int | None]
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))


class Requirement(Base):
    """One hurdle in one version of a programme: an activity that must be fulfilled, alone or as its group says."""

    __tablename__ = "requirement"
    __table_args__ = (
        UniqueConstraint("programme_id", "version", "activity_id"),
        UniqueConstraint("programme_id", "version", "position"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(BigId, ForeignKey("programme.activity_id"))
    version: Mapped[int]
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("requirement_group.id"), index=True)
    position: Mapped[int]


class CreditClass(Base):
    """A class of credits (学分类别), such as class I and class II; one cannot be exchanged for another."""

    __tablename__ = "credit_class"
    __table_args__ = BY_MIGRATION

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))


class ProgrammeCredit(Base):
    """The credits (学分) of one class that a programme gives to whoever completes it within these days.

    `valid_until` is the last day; None: without end.
    """

    __tablename__ = "programme_credit"
    __table_args__ = (
        UniqueConstraint("programme_id", "class_code", "valid_from"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("valid_until >= valid_from", name="ends_after_start"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(BigId, ForeignKey("programme.activity_id"))
    class_code: Mapped[str] = mapped_column(String(20), ForeignKey("credit_class.code"), index=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(6, 1, asdecimal=True))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


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
    """One person in one cohort, once. `programme_id` repeats the cohort's, for the ledger's look-up.

    `programme_version` is the version of the requirements that the person keeps. `hurdles_done` of `hurdles_needed`
    are kept from the ledger like the status: of groups only as many hurdles count as are needed. Its last day is the
    cohort's, or `extended_until`: the day of its last `Extension`.
    """

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[Id]
    cohort_id: Mapped[int] = mapped_column(BigId, ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    programme_id: Mapped[int] = mapped_column(BigId, ForeignKey("programme.activity_id"), index=True)
    programme_version: Mapped[int]
    status: Mapped[EnrolmentStatus] = mapped_column(enum_of(EnrolmentStatus))
    enrolled_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))
    extended_until: Mapped[date | None]
    hurdles_done: Mapped[int] = mapped_column(default=0)
    hurdles_needed: Mapped[int] = mapped_column(default=0)


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
