"""Items of a bank as writers take them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, select

from question_bank.exchange.parsed import Exported
from question_bank.models import Item, ItemCategory, ItemTag, ItemVersion
from training.core import storage
from training.core.db import db
from training.core.scopes import Scope

AT_ONCE = 500


def items_of(scope: Scope | None, type_name: str | None = None) -> Iterator[Exported]:
    """The items of one bank, or of all, in their newest versions, by code; retired ones are left out."""
    statement = (
        select(Item, ItemVersion.body)
        .join(ItemVersion, and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.version))
        .where(Item.retired_at.is_(None))
        .order_by(Item.code, Item.id)
    )
    if scope is not None:
        statement = statement.where(Item.scope_id == scope.id)
    if type_name:
        statement = statement.where(Item.type == type_name)
    paths, tags = _paths(), _tags()
    for item, body in db.session.execute(statement.execution_options(yield_per=AT_ONCE)):
        yield Exported(
            code=item.code,
            type=item.type,
            body=body,
            category=paths.get(item.category_id, ()),
            tags=tuple(sorted(tags.get(item.id, ()))),
            media=_pictures(body),
        )


def _paths() -> dict[int | None, tuple[str, ...]]:
    rows = {one.id: one for one in db.session.scalars(select(ItemCategory))}
    found: dict[int | None, tuple[str, ...]] = {}
    for one in rows.values():
        path, at = [one.name], one.parent_id
        while at is not None:
            path.insert(0, rows[at].name)
            at = rows[at].parent_id
        found[one.id] = tuple(path)
    return found


def _tags() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for item_id, tag in db.session.execute(select(ItemTag.item_id, ItemTag.tag)):
        found.setdefault(item_id, []).append(tag)
    return found


def _pictures(body: dict[str, object]) -> dict[str, bytes]:
    """The bytes of the pictures that a body names, where they lie in their place."""
    pictures = body.get("pictures")
    found = {}
    for one in pictures if isinstance(pictures, list) else []:
        path = storage.path_of(str(one.get("file", "")))
        if path.is_file():
            found[str(one.get("name", ""))] = path.read_bytes()
    return found
