"""The bands by which like items are found."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId


class ItemBand(Base):
    """A band of what an item's newest version says (`shingles.py`), beside the bank that it belongs to.

    Its item answers for the bank: no foreign key asks for the scope again, a dozen times an item.
    An item that says nothing yet has one row, of the band 0, which is nobody's.
    """

    __tablename__ = "item_band"
    __table_args__ = (Index("ix_item_band_band", "band", "scope_id", "item_id"), {"sqlite_with_rowid": False})

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"), primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope_id: Mapped[int] = mapped_column(BigId)
    band: Mapped[int]
