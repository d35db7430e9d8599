"""Reading what waits for somebody's review, many items in few statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from question_bank.models import Item, ItemNote, ItemVersion, NoteKind
from question_bank.queries import items as bank
from question_bank.queries import lists
from question_bank.queries.items import visible_items
from training.accounts.models import Person
from training.core.access import Actor
from training.core.db import db
from training.core.paging import Page, offset
from training.core.scopes import Scope

AT_ONCE = 20


def page_of_waiting(actor: Actor, number: int) -> Page:
    """A page of the items that wait for the actor, by code, as rows `Item, body`; past the end, the last page."""
    waiting = visible_items(actor).where(lists.ONLY["waiting"](actor))
    total = db.session.scalar(waiting.with_only_columns(func.count())) or 0
    number = min(number, max(1, -(-total // AT_ONCE)))
    newest = aliased(ItemVersion)  # what waits is asked of the versions as well
    said = and_(newest.item_id == Item.id, newest.version == Item.version)
    rows = waiting.add_columns(newest.body).join(newest, said).order_by(Item.code, Item.id)
    found = db.session.execute(rows.limit(AT_ONCE).offset(offset(number, AT_ONCE))).all()
    return Page(found, number, total, AT_ONCE)


def asked(ids: Collection[int]) -> dict[int, Any]:
    """What was said when the newest versions of items were submitted, as rows `text, author`, by item."""
    statement = (
        select(ItemNote.item_id, ItemNote.text, Person.name.label("author"))
        .join(Item, and_(Item.id == ItemNote.item_id, Item.version == ItemNote.version))
        .outerjoin(Person, Person.id == ItemNote.person_id)
        .where(ItemNote.item_id.in_(ids), ItemNote.kind == NoteKind.SUBMITTED)
        .order_by(ItemNote.id)
    )
    return {row.item_id: row for row in db.session.execute(statement)}


def lock(actor: Actor, ids: Sequence[int]) -> list[Any]:
    """Those of the items that the actor may read, locked, as rows `Item, Scope, body`, by code."""
    bank.lock(ids)
    newest = and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.version)
    statement = (
        visible_items(actor)
        .add_columns(Scope, ItemVersion.body)
        .join(Scope, Scope.id == Item.scope_id)
        .join(ItemVersion, newest)
        .where(Item.id.in_(ids))
        .order_by(Item.code, Item.id)
    )
    return list(db.session.execute(statement))


def writers_of(ids: Collection[int]) -> dict[int, set[int]]:
    """Who wrote a version since the last approved one, by item."""
    statement = (
        select(ItemVersion.item_id, ItemVersion.author_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.id.in_(ids), ItemVersion.version > func.coalesce(Item.approved_version, 0))
        .where(ItemVersion.author_id.is_not(None))
    )
    found: dict[int, set[int]] = {}
    for item_id, author_id in db.session.execute(statement):
        found.setdefault(item_id, set()).add(author_id or 0)
    return found
