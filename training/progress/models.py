"""The progress ledger and what is kept from it: the steps of each enrolment and the roll-up counters."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class LedgerLine(Base):
    """What happened, once and for ever: triggers refuse UPDATE and DELETE; a correction is a new line.

    `measure` and `sign` say what the outcome counts: +1 reaches the measure, −1 takes it back, 0 counts nothing. Base,
    city, institution and profession are frozen as they were at that moment. `client_key` makes the line idempotent.
    """

    __tablename__ = "ledger_line"
    __table_args__ = (
        CheckConstraint("sign IN (-1, 0, 1)", name="sign"),
        CheckConstraint("score_percent BETWEEN 0 AND 100", name="score_percent"),
        Index("ix_ledger_line_person_activity", "person_id", "activity_id", "id"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), index=True)
    activity_version: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(60))
    measure: Mapped[str] = mapped_column(String(40))
    sign: Mapped[int]
    score_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2, asdecimal=True))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    authority_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    client_key: Mapped[str] = mapped_column(String(120), unique=True)
    base_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("training_base.id"))
    city_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    institution_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("institution.id"))
    profession: Mapped[str] = mapped_column(String(40))
    corrects_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("ledger_line.id"))


class Waiver(Base):
    """What a ledger line says of one enrolment alone: a requirement waived there, or the waiver taken back, and why.

    The last row of an enrolment and an activity holds. The line is for ever; the reason is words about a person.
    """

    __tablename__ = "waiver"

    line_id: Mapped[int] = mapped_column(BigId, ForeignKey("ledger_line.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"), index=True)
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), index=True)
    waives: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))


class Standing(StrEnum):
    """Where a requirement stands in an enrolment.

    `OTHER_WAY` is open, but of a choice another member counts for now; `NOT_NEEDED` when the choice is made.
    """

    DONE = "done"
    WAIVED = "waived"
    NOT_NEEDED = "not_needed"
    OTHER_WAY = "other_way"
    OPEN = "open"


class EnrolmentStep(Base):
    """The state of one requirement in one enrolment, kept from the ledger: done when, or why not and what is next.

    `hours_done` of `hours` are class hours in the pinned version; None where the kind does not count them by parts.
    """

    __tablename__ = "enrolment_step"

    enrolment_id: Mapped[int] = mapped_column(BigId, ForeignKey("enrolment.id"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    position: Mapped[int]
    standing: Mapped[Standing] = mapped_column(enum_of(Standing))
    done_at: Mapped[datetime | None]
    word: Mapped[str] = mapped_column(String(40))
    figures: Mapped[dict[str, Any]]
    next_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("activity.id"))
    waiver_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("waiver.line_id"), index=True)
    hours_done: Mapped[Decimal | None] = mapped_column(Numeric(6, 1, asdecimal=True))
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1, asdecimal=True))


class Rollup(Base):
    """How many people reached a measure of an activity, by the frozen place, profession and local month.

    Unknown place parts are 0 or the empty text, because a key holds no NULL.
    """

    __tablename__ = "rollup"

    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(40), primary_key=True)
    city_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    base_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    institution_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    profession: Mapped[str] = mapped_column(String(40), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    people: Mapped[int]
