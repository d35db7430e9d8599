"""An import and its lines, one an item of the file: the truth about what is still to be written."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id, Json
from training.core.scopes import enum_of


class ImportStatus(StrEnum):
    """Where an import stands."""

    LOOKED_AT = "looked_at"
    RUNNING = "running"
    FINISHED = "finished"
    DROPPED = "dropped"


class ItemImport(Base):
    """A file of items as somebody sent it for one bank; nothing of it is in the bank before it is confirmed.

    `columns` holds what the columns of a workbook hold, by sheet, where somebody has corrected the guess.
    `data` is the file, packed with zlib, kept until the import ends; `done` counts the lines that are worked off.
    """

    __tablename__ = "item_import"
    __table_args__ = (
        CheckConstraint("done BETWEEN 0 AND total", name="done_of_total"),
        CheckConstraint("(status IN ('finished', 'dropped')) = (ended_at IS NOT NULL)", name="ended_with_moment"),
        CheckConstraint("(status IN ('finished', 'dropped')) = (data IS NULL)", name="file_until_the_end"),
    )

    id: Mapped[Id]
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    status: Mapped[ImportStatus] = mapped_column(enum_of(ImportStatus), index=True)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Outcome(StrEnum):
    """What became of one item of a file."""

    WHOLE = "whole"
    WITH_LOSSES = "with_losses"
    REFUSED = "refused"
    THERE = "there"


class ImportLine(Base):
    """One item of the file: its place there, how it comes in, why not or with what losses, and the item it became.

    It may be like an item of the bank or like a line before it, by so many percent; it comes in only while `chosen`.
    `messages` are bilingual content, as `place` is: whoever reads them later may speak another language.
    `draft_version` is the version of the draft that it was looked at beside, and becomes the next of.
    `bands` are what likeness goes by, eight bytes each.
    """

    __tablename__ = "item_import_line"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('whole', 'with_losses') OR item_id IS NULL OR outcome = 'there'", name="refused_without_item"
        ),
        CheckConstraint("like_item_id IS NULL OR like_line IS NULL", name="like_one"),
        CheckConstraint("(like_item_id IS NULL AND like_line IS NULL) = (percent IS NULL)", name="like_by_so_much"),
    )

    import_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place_zh: Mapped[str] = mapped_column(String(200))
    place_en: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[Outcome] = mapped_column(enum_of(Outcome))
    messages: Mapped[list[Any]] = mapped_column(Json)
    item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item.id"), index=True)
    draft_version: Mapped[int | None]
    like_item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item.id"))
    like_line: Mapped[int | None]
    percent: Mapped[int | None]
    numbers_differ: Mapped[bool] = mapped_column(default=False, server_default=false())
    chosen: Mapped[bool] = mapped_column(default=True, server_default=true())
    bands: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
