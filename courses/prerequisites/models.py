"""What comes before what in one course version; never changed afterwards."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId


class Prerequisite(Base):
    """In this version of the course `activity_id` (the course itself or a lesson of it) waits for `requires_id`."""

    __tablename__ = "prerequisite"
    __table_args__ = (CheckConstraint("activity_id <> requires_id", name="not_itself"),)

    course_id: Mapped[int] = mapped_column(BigId, ForeignKey("course.activity_id"), primary_key=True)
    course_version: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True, index=True)
    requires_id: Mapped[int] = mapped_column(BigId, ForeignKey("activity.id"), primary_key=True, index=True)
