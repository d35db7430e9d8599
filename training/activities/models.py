"""The activity: one identity for a course, a lesson, a quiz, a programme; packages keep a one-to-one table each."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, false
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id


class Activity(Base):
    """`version` is the newest published version; the ledger says which version was completed.

    `scope_id` owns the activity: who may edit it holds the permission there; `class_hours` are 学时. Of what is
    marked `sample`, as it came with the sample, pages say beside the title that nobody has reviewed it.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("class_hours >= 0", name="class_hours_not_negative"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(60), index=True)
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("activity.id"), index=True)
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    class_hours: Mapped[Decimal] = mapped_column(Numeric(6, 1, asdecimal=True), default=Decimal(0))
    sample: Mapped[bool] = mapped_column(default=False, server_default=false())
