"""Keeping the search terms of items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select

from question_bank import terms
from question_bank.models import Item, ItemTerms, ItemVersion
from question_bank.queries import categories
from training.core.db import db, upsert

AT_ONCE = 200


def write(item: Item, body: dict[str, Any]) -> None:
    """Write the terms of an item whose newest version says `body`; does not commit."""
    row = row_of(item.id, item.code, categories.tags_of(item), body)
    db.session.execute(upsert(ItemTerms, [row], keys=["item_id"], put=["lead", "rest"]))


def row_of(item_id: int, code: str, tags: Sequence[str], body: dict[str, Any]) -> dict[str, Any]:
    """The terms of an item as a row of `ItemTerms`."""
    lead = " ".join((code, *terms.texts_of({"stem": body.get("stem")}), *tags))
    others = {name: one for name, one in body.items() if name != "stem"}
    return {
        "item_id": item_id,
        "lead": " ".join(terms.terms(lead)),
        "rest": " ".join(terms.terms("\n".join(terms.texts_of(others)))),
    }


def missing() -> list[Any]:
    """Items without terms, at most so many at once, as rows `Item, body`."""
    statement = (
        select(Item, ItemVersion.body)
        .join(ItemVersion, and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.version))
        .outerjoin(ItemTerms, ItemTerms.item_id == Item.id)
        .where(ItemTerms.item_id.is_(None))
        .limit(AT_ONCE)
    )
    return list(db.session.execute(statement).all())
