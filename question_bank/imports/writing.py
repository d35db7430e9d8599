"""Writing the items of a file into a bank, many in few statements. Does not commit."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from question_bank.exchange.parsed import Parsed
from question_bank.likeness import services as likeness
from question_bank.likeness import shingles
from question_bank.models import Item, ItemCategory, ItemState, ItemTag, ItemTerms, ItemVersion
from question_bank.pictures import services as pictures
from question_bank.services import indexing
from question_bank.services.items import digest, mirrored
from training.core import clock
from training.core.db import db

LONGEST_CODE = 40


def codes_of(items: Sequence[Parsed], prefix: str) -> list[str]:
    """A code for each item: its own where it fits and no item before has it, else the prefix with its number."""
    seen: set[str] = set()
    codes = []
    for number, one in enumerate(items, start=1):
        code = one.code.strip()
        if not code or len(code) > LONGEST_CODE or code in seen:
            code = f"{prefix}-{number}"
        seen.add(code)
        codes.append(code)
    return codes


def add(scope_id: int, author_id: int | None, items: Sequence[tuple[str, Parsed]], bands: Sequence[bytes]) -> list[int]:
    """Add items (code, what was read) to a bank as drafts in their first version; returns their ids in that order.

    `bands` are those of each item (`ImportLine.bands`); empty for lines that are older than they are.
    """
    if not items:
        return []
    now = clock.now()
    bodies = [one.body for _code, one in items]
    categories = _categories(scope_id, {one.category for _code, one in items if one.category})
    rows = [
        _row(scope_id, code, one, body, categories.get(one.category), now)
        for body, (code, one) in zip(bodies, items, strict=True)
    ]
    ids = list(db.session.scalars(insert(Item).returning(Item.id, sort_by_parameter_order=True), rows))
    db.session.execute(
        insert(ItemVersion),
        [
            {"item_id": item_id, "version": 1, "body": body, "author_id": author_id, "created_at": now}
            for item_id, body in zip(ids, bodies, strict=True)
        ],
    )
    pictures.pin_newest(dict(zip(ids, bodies, strict=True)))
    tags = [
        {"item_id": item_id, "tag": tag}
        for item_id, (_code, one) in zip(ids, items, strict=True)
        for tag in dict.fromkeys(tag.strip()[:40] for tag in one.tags if tag.strip())
    ]
    if tags:
        db.session.execute(insert(ItemTag), tags)
    terms = [
        indexing.row_of(item_id, code, one.tags, body)
        for item_id, body, (code, one) in zip(ids, bodies, items, strict=True)
    ]
    db.session.execute(insert(ItemTerms), terms)
    likeness.add(
        (item_id, scope_id, array("q", own) if own else shingles.bands(body))
        for item_id, own, body in zip(ids, bands, bodies, strict=True)
    )
    return ids


def _row(
    scope_id: int, code: str, one: Parsed, body: dict[str, Any], category_id: int | None, now: datetime
) -> dict[str, Any]:
    return {
        "scope_id": scope_id,
        "code": code,
        "type": one.type,
        "version": 1,
        "state": ItemState.DRAFT,
        "created_at": now,
        "category_id": category_id,
        "digest": digest(one.type, body),
        **mirrored(body),
    }


def _categories(scope_id: int, paths: set[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """The category at the end of each path, made where it is missing."""
    found: dict[tuple[str, ...], int] = {}
    for path in sorted(paths):
        parent: int | None = None
        for depth in range(1, len(path) + 1):
            if path[:depth] not in found:
                found[path[:depth]] = _category(scope_id, parent, path[depth - 1])
            parent = found[path[:depth]]
    return found


def _category(scope_id: int, parent_id: int | None, name: str) -> int:
    name = name.strip()[:80] or "-"
    statement = select(ItemCategory.id).where(
        ItemCategory.scope_id == scope_id,
        ItemCategory.parent_id.is_not_distinct_from(parent_id),
        ItemCategory.name == name,
    )
    known = db.session.scalar(statement)
    if known is not None:
        return known
    added = ItemCategory(scope_id=scope_id, parent_id=parent_id, name=name)
    db.session.add(added)
    db.session.flush()
    return added.id
