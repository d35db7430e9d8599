"""Writing the items of a file into a bank, many in few statements. Does not commit."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from question_bank.exchange.parsed import Parsed
from question_bank.imports import queries
from question_bank.likeness import services as likeness
from question_bank.likeness import shingles
from question_bank.models import Item, ItemCategory, ItemState, ItemTag, ItemTerms, ItemVersion
from question_bank.pictures import services as pictures
from question_bank.services import indexing
from question_bank.services.items import append_version, mirrored
from training.core import clock
from training.core.db import db, insert, insert_many

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


@dataclass(frozen=True)
class New:
    """An item to be added: its code, what was read, its body, what that says as one number, its bands if known."""

    code: str
    read: Parsed
    body: dict[str, Any]
    digest: str
    bands: bytes = b""


def add(scope_id: int, author_id: int | None, items: Sequence[New]) -> dict[str, int]:
    """Add items to a bank as drafts in their first version; returns their ids by code.

    Those whose code the bank has already, or is given by somebody at this moment, are passed by.
    """
    now = clock.now()
    categories = _categories(scope_id, {one.read.category for one in items if one.read.category})
    rows = [
        _row(scope_id, one, categories.get(one.read.category), now)
        for one in sorted(items, key=lambda one: one.code)  # in this order, two who add never wait in a ring
    ]
    if not rows:
        return {}
    adding = insert(Item).on_conflict_do_nothing(index_elements=["scope_id", "code"])
    added = db.session.execute(adding.returning(Item.code, Item.id), rows)
    ids = {row.code: row.id for row in added}
    _add_versions(author_id, [(ids[one.code], one) for one in items if one.code in ids], now)
    likeness.add(
        (ids[one.code], scope_id, array("q", one.bands) if one.bands else shingles.bands(one.body))
        for one in items
        if one.code in ids
    )
    return ids


def revise(
    scope_id: int, author_id: int | None, items: Sequence[New], seen: Mapping[str, int | None]
) -> dict[str, int]:
    """Add the next versions of drafts that have the codes of items; returns their ids by code.

    A draft is left as it is when it is none any more, or is not in the version that was `seen`, by code.
    """
    drafts = queries.drafts(scope_id, [one.code for one in items]) if items else {}
    revised = {}
    for one in items:
        draft = drafts.get(one.code)
        if draft is not None and (draft.type, draft.version) == (one.read.type, seen[one.code]):
            append_version(draft, one.body, author_id)
            revised[one.code] = draft.id
    return revised


def _add_versions(author_id: int | None, added: Sequence[tuple[int, New]], now: datetime) -> None:
    """Write what belongs to items that were added with those ids."""
    if not added:
        return
    versions = [
        {"item_id": item_id, "version": 1, "body": one.body, "author_id": author_id, "created_at": now}
        for item_id, one in added
    ]
    insert_many(ItemVersion, versions)
    pictures.pin_newest({item_id: one.body for item_id, one in added})
    tags = [
        {"item_id": item_id, "tag": tag}
        for item_id, one in added
        for tag in dict.fromkeys(tag.strip()[:40] for tag in one.read.tags if tag.strip())
    ]
    if tags:
        insert_many(ItemTag, tags)
    insert_many(ItemTerms, [indexing.row_of(item_id, one.code, one.read.tags, one.body) for item_id, one in added])


def _row(scope_id: int, one: New, category_id: int | None, now: datetime) -> dict[str, Any]:
    return {
        "scope_id": scope_id,
        "code": one.code,
        "type": one.read.type,
        "version": 1,
        "state": ItemState.DRAFT,
        "created_at": now,
        "category_id": category_id,
        "digest": one.digest,
        **mirrored(one.body),
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
