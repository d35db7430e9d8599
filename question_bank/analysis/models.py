"""The figures of items as they were last counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from question_bank.analysis.classical import ENOUGH
from training.core.db import Base, BigId


class ItemFigures(Base):
    """How an item fared in one version, counted together with its other versions that ask the same.

    A row for every version of an item that was ever handed in. `shown` and `answered` count all attempts that were
    handed in; `observed` people, each with the first answer, and the figures rest on these. `details` hold the upper
    and lower groups, options, parts, which `versions` are counted together, and this one `alone`.
    """

    __tablename__ = "item_figures"
    __table_args__ = (
        ForeignKeyConstraint(["item_id", "version"], ["item_version.item_id", "item_version.version"]),
        CheckConstraint("answered <= shown AND observed <= shown", name="within_shown"),
    )

    item_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asks: Mapped[str] = mapped_column(String(64))
    shown: Mapped[int]
    answered: Mapped[int]
    observed: Mapped[int]
    difficulty: Mapped[float | None]
    discrimination: Mapped[float | None]
    worth_a_look: Mapped[bool]
    details: Mapped[dict[str, Any]]
    counted_at: Mapped[datetime]

    @property
    def is_enough(self) -> bool:
        """Whether enough people have answered for a figure to be told."""
        return self.observed >= ENOUGH
