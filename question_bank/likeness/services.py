"""Keeping the bands of items, in the transaction of the version that they belong to; none of this commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete

from question_bank.likeness import queries, shingles
from question_bank.likeness.models import ItemBand
from question_bank.models import Item
from training.core.db import db, insert_many

NOBODYS = 0
AT_ONCE = 500


def write(item: Item, body: dict[str, Any]) -> None:
    """Write the bands of an item whose newest version says `body`."""
    db.session.execute(delete(ItemBand).where(ItemBand.item_id == item.id))
    add([(item.id, item.scope_id, shingles.bands(body))])


def add(items: Iterable[tuple[int, int, Sequence[int]]]) -> None:
    """Write the bands of items that have none yet: id, scope and bands of each."""
    rows = [
        {"item_id": item_id, "place": place, "scope_id": scope_id, "band": band}
        for item_id, scope_id, bands in items
        for place, band in enumerate(bands or [NOBODYS])
    ]
    if rows:
        insert_many(ItemBand, rows)


def write_missing() -> int:
    """Write the bands of some of the items that are older than they are; returns of how many."""
    rows = queries.without_bands(AT_ONCE)
    add((row.id, row.scope_id, shingles.bands(row.body)) for row in rows)
    return len(rows)
