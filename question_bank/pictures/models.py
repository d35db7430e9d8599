"""Which versions of items show which files, and what was sent for an item that is not saved yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId


class ItemPicture(Base):
    """A file that a version of an item shows; the body names it, by its hash. Never changed afterwards."""

    __tablename__ = "item_picture"

    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_version.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("stored_file.id"), primary_key=True, index=True)


class SentPicture(Base):
    """A picture that somebody sent while writing: theirs to see and to use, until the sweep forgets it."""

    __tablename__ = "sent_picture"

    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("stored_file.id"), primary_key=True, index=True)
    sent_at: Mapped[datetime]
