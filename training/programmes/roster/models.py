"""What is kept of a roster between its steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id


class RosterDraft(Base):
    """A roster between upload and import: its rows, what its columns hold, and which institutions its words mean.

    The rows are sealed as a whole, for they hold identity numbers; they are emptied by the import, and the draft is
    deleted two weeks after the upload. `result` holds numbers only.
    """

    __tablename__ = "roster_draft"
    __table_args__ = (CheckConstraint("imported_at IS NULL OR sealed = ''", name="emptied_by_the_import"),)

    id: Mapped[Id]
    cohort_id: Mapped[int] = mapped_column(BigId, ForeignKey("cohort.id"), index=True)
    uploaded_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    row_count: Mapped[int]
    sealed: Mapped[str] = mapped_column(Text)
    choices: Mapped[dict[str, Any]]
    imported_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]
