"""A change of many items and its lines, one an item: the truth about what is still to be done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from question_bank.changes.rules import Act, Reason
from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class ChangeStatus(StrEnum):
    """Where a change stands."""

    LOOKED_AT = "looked_at"
    RUNNING = "running"
    FINISHED = "finished"
    UNDOING = "undoing"
    UNDONE = "undone"


class ItemChange(Base):
    """What somebody does to many items at once; `value` is what is set, the tag, or the reason for retiring.

    Nothing is done before it is confirmed. `done` counts the lines worked off, of doing and then of undoing.
    """

    __tablename__ = "item_change"
    __table_args__ = (
        CheckConstraint("done BETWEEN 0 AND total", name="done_of_total"),
        CheckConstraint("(status IN ('looked_at', 'running')) = (ended_at IS NULL)", name="ended_with_moment"),
        CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name="undone_with_moment"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    act: Mapped[Act] = mapped_column(enum_of(Act))
    value: Mapped[str] = mapped_column(String(1000))
    status: Mapped[ChangeStatus] = mapped_column(enum_of(ChangeStatus), index=True)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class Fate(StrEnum):
    """What becomes of one item."""

    WILL = "will"
    LEFT = "left"
    DONE = "done"
    BACK = "back"
    KEPT = "kept"


class ChangeLine(Base):
    """One item of a change: `version` and `had` as it was looked at, and how it was left when it was changed.

    `reason` says why it is left alone (`left`), or why undoing did not put it back (`kept`).
    """

    __tablename__ = "item_change_line"
    __table_args__ = (
        UniqueConstraint("change_id", "item_id"),
        CheckConstraint("(fate IN ('left', 'kept')) = (reason IS NOT NULL)", name="left_for_a_reason"),
        CheckConstraint("(fate IN ('done', 'back', 'kept')) = (done_version IS NOT NULL)", name="done_as_what"),
        CheckConstraint("(done_version IS NULL) = (done_state IS NULL)", name="version_with_state"),
    )

    change_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_change.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"), index=True)
    version: Mapped[int]
    had: Mapped[list[str]]
    fate: Mapped[Fate] = mapped_column(enum_of(Fate))
    reason: Mapped[Reason | None] = mapped_column(enum_of(Reason))
    done_version: Mapped[int | None]
    done_state: Mapped[str | None] = mapped_column(String(20))
