"""Requests for a check of a mark, with what was answered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from question_bank.rechecks.rules import Outcome
from training.core.db import Base, BigId, Json
from training.core.scopes import enum_of

LONGEST_WORDS = 1000
_PERCENT = Numeric(5, 2, asdecimal=True)
_ANSWERED = " AND ".join(
    f"(outcome IS NULL) = ({one} IS NULL)"
    for one in ("answer", "answered_by_id", "answered_at", "score_after", "passed_after")
)


class Recheck(Base):
    """A request for a check (复核申请) of an attempt's mark, one an attempt; for ever, asked and answered (triggers).

    `positions` are the items that it is about, none for the whole. Score and pass `before` are those that were asked
    about, `after` those of the answer. The words of both are emptied when the person is erased.
    """

    __tablename__ = "recheck"
    __table_args__ = (
        CheckConstraint(_ANSWERED, name="answered_as_a_whole"),
        CheckConstraint("score_before BETWEEN 0 AND 100", name="score_before"),
        CheckConstraint("score_after BETWEEN 0 AND 100", name="score_after"),
        Index(
            "ix_recheck_waiting",
            "asked_at",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    attempt_id: Mapped[int] = mapped_column(BigId, ForeignKey("attempt.id"), primary_key=True, autoincrement=False)
    positions: Mapped[list[int]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    asked_at: Mapped[datetime]
    score_before: Mapped[Decimal] = mapped_column(_PERCENT)
    passed_before: Mapped[bool]
    outcome: Mapped[Outcome | None] = mapped_column(enum_of(Outcome))
    answer: Mapped[str | None] = mapped_column(String(LONGEST_WORDS))
    answered_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    answered_at: Mapped[datetime | None]
    score_after: Mapped[Decimal | None] = mapped_column(_PERCENT)
    passed_after: Mapped[bool | None]
