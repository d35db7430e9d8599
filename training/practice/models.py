"""Practice at a base: plans in versions, postings, hours and their signatures, skills assessments, the logbook."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class Setting(StrEnum):
    """Where practice takes place."""

    WARD = "ward"
    OUTPATIENT = "outpatient"
    HOME = "home"


class Situation(StrEnum):
    """What a logbook entry is about."""

    PAIN = "pain"
    DYSPNOEA = "dyspnoea"
    DELIRIUM = "delirium"
    OTHER_SYMPTOM = "other_symptom"
    COMFORT_CARE = "comfort_care"
    FAMILY_MEETING = "family_meeting"
    LAST_DAYS = "last_days"
    BEREAVEMENT = "bereavement"
    HOME_VISIT = "home_visit"
    TEAM = "team"
    OTHER = "other"


class LineState(StrEnum):
    """Where a line of hours stands; what counts is its signature alone."""

    DRAFT = "draft"
    SENT = "sent"
    RETURNED = "returned"
    SIGNED = "signed"


class RotationVersion(Base):
    """A version of a rotation plan: whole hours required in all and in each setting; append-only."""

    __tablename__ = "rotation_version"
    __table_args__ = (
        CheckConstraint(
            "hours_ward >= 0 AND hours_outpatient >= 0 AND hours_home >= 0 AND hours_all > 0 "
            "AND hours_all >= hours_ward + hours_outpatient + hours_home",
            name="hours",
        ),
    )

    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    hours_all: Mapped[int]
    hours_ward: Mapped[int]
    hours_outpatient: Mapped[int]
    hours_home: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    saved_at: Mapped[datetime]


class ChecklistVersion(Base):
    """A version of a skills checklist; `body` holds its items (`scoring.py`); append-only."""

    __tablename__ = "checklist_version"
    __table_args__ = (CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_percent"),)

    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    pass_percent: Mapped[int]
    body: Mapped[dict[str, Any]]
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    saved_at: Mapped[datetime]


class Posting(Base):
    """Where a trainee practises from when to when, and under whom; `version` is the plan's when it was made."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "rotation_id", "setting", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("person_id <> supervisor_id", name="not_under_oneself"),
    )

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"))
    cohort_id: Mapped[int] = mapped_column(BigId, ForeignKey("cohort.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    rotation_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), index=True)
    version: Mapped[int]
    setting: Mapped[Setting] = mapped_column(enum_of(Setting))
    unit: Mapped[str] = mapped_column(String(80))
    supervisor_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    assigned_at: Mapped[datetime]
    assigned_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))


class HoursLine(Base):
    """Hours that a trainee says were worked, in half hours; they count nothing before they are signed."""

    __tablename__ = "hours_line"
    __table_args__ = (
        CheckConstraint("halves BETWEEN 1 AND 24", name="halves"),
        CheckConstraint("(state = 'returned') = (returned_reason IS NOT NULL)", name="returned_with_reason"),
        Index("ix_hours_line_person_day", "person_id", "worked_on"),
    )

    id: Mapped[Id]
    posting_id: Mapped[int] = mapped_column(BigId, ForeignKey("posting.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    worked_on: Mapped[date]
    halves: Mapped[int]
    what: Mapped[str] = mapped_column(String(200))
    state: Mapped[LineState] = mapped_column(enum_of(LineState), index=True)
    client_key: Mapped[str] = mapped_column(String(64), unique=True)
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None] = mapped_column(String(300))
    returned_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))


class SignedHours(Base):
    """Hours that a supervisor signed, frozen as they were; append-only. A counter-line takes a whole one back."""

    __tablename__ = "signed_hours"
    __table_args__ = (
        CheckConstraint("(line_id IS NULL) <> (counters_id IS NULL)", name="line_or_counter"),
        CheckConstraint("(counters_id IS NULL) = (halves > 0)", name="counter_takes_back"),
        CheckConstraint("(counters_id IS NULL) = (reason IS NULL)", name="counter_with_reason"),
        CheckConstraint("signer_id <> person_id", name="not_by_oneself"),
        Index("ix_signed_hours_person_rotation", "person_id", "rotation_id"),
    )

    id: Mapped[Id]
    line_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("hours_line.id"), unique=True)
    counters_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("signed_hours.id"), unique=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    posting_id: Mapped[int] = mapped_column(BigId, ForeignKey("posting.id"), index=True)
    rotation_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"))
    setting: Mapped[Setting] = mapped_column(enum_of(Setting))
    worked_on: Mapped[date]
    halves: Mapped[int]
    what: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(300))
    signer_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    signer_name: Mapped[str] = mapped_column(String(80))
    signed_at: Mapped[datetime]


class SkillsAssessment(Base):
    """One assessment by a checklist: marks, result and assessor as they were; append-only."""

    __tablename__ = "skills_assessment"
    __table_args__ = (
        CheckConstraint("assessor_id <> person_id", name="not_by_oneself"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        Index("ix_skills_assessment_person_checklist", "person_id", "checklist_id"),
    )

    id: Mapped[Id]
    checklist_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), index=True)
    version: Mapped[int]
    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(BigId, ForeignKey("cohort.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    marks: Mapped[dict[str, Any]]
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2, asdecimal=True))
    passed: Mapped[bool]
    advice: Mapped[str] = mapped_column(String(1000))
    assessor_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    assessor_name: Mapped[str] = mapped_column(String(80))
    assessed_at: Mapped[datetime]
    client_key: Mapped[str] = mapped_column(String(64), unique=True)


class LogbookEntry(Base):
    """What a trainee did and learnt in a month; it names no patient (`screening.py`)."""

    __tablename__ = "logbook_entry"

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(BigId, ForeignKey("cohort.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    setting: Mapped[Setting] = mapped_column(enum_of(Setting))
    situation: Mapped[Situation] = mapped_column(enum_of(Situation))
    did: Mapped[str] = mapped_column(String(2000))
    learnt: Mapped[str] = mapped_column(String(2000))
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    client_key: Mapped[str] = mapped_column(String(64), unique=True)


class LogbookComment(Base):
    """What a supervisor wrote to an entry."""

    __tablename__ = "logbook_comment"

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(BigId, ForeignKey("logbook_entry.id"), index=True)
    author_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(1000))
    written_at: Mapped[datetime]
    client_key: Mapped[str] = mapped_column(String(64), unique=True)
