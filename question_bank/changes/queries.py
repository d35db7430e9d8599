"""Reading changes, and items as a change sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, select

from question_bank import item_types
from question_bank.changes import rules
from question_bank.changes.models import ChangeLine, ChangeStatus, Fate, ItemChange
from question_bank.changes.rules import Act, Seen
from question_bank.models import Item, ItemCategory, ItemTag, ItemVersion
from question_bank.queries import items as bank
from question_bank.queries.items import PAGE, visible_items
from training.core import scopes
from training.core.access import Actor
from training.core.db import batches, db
from training.core.errors import NotFound
from training.core.scopes import Scope


@dataclass(frozen=True)
class Found:
    """An item with what its newest version says, its tags where the act is about them, and what the rules see."""

    item: Item
    body: dict[str, Any]
    tags: Sequence[str]
    seen: Seen


def visible_changes(actor: Actor) -> Select[Any]:
    """A select of the changes that the actor made; nobody else has business with them."""
    return select(ItemChange).where(ItemChange.person_id == actor.id)


def newest(actor: Actor, most: int = 30) -> Sequence[ItemChange]:
    """The newest changes that were confirmed."""
    done = visible_changes(actor).where(ItemChange.status != ChangeStatus.LOOKED_AT)
    return db.session.scalars(done.order_by(ItemChange.id.desc()).limit(most)).all()


def change_visible_to(actor: Actor, change_id: int, *, lock: bool = False) -> ItemChange:
    """The change of that id; raises `NotFound` for a stranger's."""
    statement = visible_changes(actor).where(ItemChange.id == change_id)
    found: ItemChange | None = db.session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound(_("There is no such change of yours."))
    return found


def counts_of(change: ItemChange) -> dict[str, int]:
    """How many items there are of each fate."""
    rows = db.session.execute(
        select(ChangeLine.fate, func.count()).where(ChangeLine.change_id == change.id).group_by(ChangeLine.fate)
    )
    found = {fate.value: count for fate, count in rows}
    return {fate.value: found.get(fate.value, 0) for fate in Fate}


def lines_of(change: ItemChange, fate: str, page: int) -> Sequence[Any]:
    """A page of the lines as rows `ChangeLine, Item`, of one fate or all."""
    statement = select(ChangeLine, Item).join(Item, Item.id == ChangeLine.item_id)
    statement = statement.where(ChangeLine.change_id == change.id)
    if fate:
        statement = statement.where(ChangeLine.fate == Fate(fate))
    return db.session.execute(statement.order_by(ChangeLine.number).limit(PAGE).offset((page - 1) * PAGE)).all()


def lines_between(change_id: int, first: int, last: int, fate: Fate) -> Sequence[ChangeLine]:
    """The lines of one fate from one number to another."""
    own = (ChangeLine.change_id == change_id, ChangeLine.number.between(first, last), ChangeLine.fate == fate)
    return db.session.scalars(select(ChangeLine).where(*own).order_by(ChangeLine.number)).all()


def elsewhere(change_id: int, fate: Fate, paths: Sequence[str]) -> Select[Any]:
    """A select of the numbers of lines of one fate whose items lie outside the scopes of those paths."""
    statement = select(ChangeLine.number).join(Item, Item.id == ChangeLine.item_id)
    statement = statement.join(Scope, Scope.id == Item.scope_id)
    return statement.where(ChangeLine.change_id == change_id, ChangeLine.fate == fate, ~scopes.within(paths))


def look(act: Act, value: str, ids: Sequence[int], *, actor: Actor | None = None, lock: bool = False) -> list[Found]:
    """Those items, by id, locked where that is wanted; with an actor only what they may read.

    A few statements for every few hundred items. Whose they are is asked by whoever has an actor to ask. Whether they
    are sound is asked where nobody waits: what is locked is of the version that was looked at, or is left alone.
    """
    found: list[Found] = []
    for some in batches(ids):
        if lock:
            bank.lock(some)
        statement = select(Item) if actor is None else visible_items(actor)
        statement = statement.add_columns(ItemVersion.body).join(
            ItemVersion, and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.version)
        )
        statement = statement.where(Item.id.in_(some)).order_by(Item.id)
        tags = tags_of(some) if act in {Act.TAG, Act.UNTAG} else {}
        found += [
            Found(item, body, tags.get(item.id, ()), _seen(act, item, body, tags.get(item.id, ())))
            for item, body in db.session.execute(statement)
        ]
    return found if lock or act is not Act.SUBMIT else [_judged(one) for one in found]


def _judged(found: Found) -> Found:
    is_faulty = found.seen.state == "draft" and bool(item_types.get(found.item.type).validate(found.body))
    return replace(found, seen=replace(found.seen, is_faulty=is_faulty))


def _seen(act: Act, item: Item, body: dict[str, Any], tags: Sequence[str]) -> Seen:
    state = "retired" if item.retired_at is not None else item.state.value
    if act is Act.CATEGORY:
        has: Sequence[str] = [str(item.category_id)] if item.category_id else []
    elif act in rules.WRITING:
        has = rules.said_in(act, body)
    else:
        has = tags if act in rules.PLACING else [state]
    return Seen(item.id, item.version, state, has)


def tags_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """The tags of items, sorted, by item."""
    found: dict[int, list[str]] = {}
    rows = select(ItemTag.item_id, ItemTag.tag).where(ItemTag.item_id.in_(ids)).order_by(ItemTag.item_id, ItemTag.tag)
    for item_id, tag in db.session.execute(rows):
        found.setdefault(item_id, []).append(tag)
    return found


def names_of(ids: Collection[int]) -> dict[int, str]:
    """The names of categories, by id."""
    rows = select(ItemCategory.id, ItemCategory.name).where(ItemCategory.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(rows)}


def bank_of_category(value: str) -> int | None:
    """The scope of a category."""
    return db.session.scalar(select(ItemCategory.scope_id).where(ItemCategory.id == int(value)))


def paths_of(ids: Collection[int]) -> dict[int, str]:
    """The paths of scopes, by id."""
    return {row[0]: row[1] for row in db.session.execute(select(Scope.id, Scope.path).where(Scope.id.in_(ids)))}


def approved_bodies(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the approved versions of items say, by item; those without one are left out."""
    approved = and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.approved_version)
    rows = select(Item.id, ItemVersion.body).join(ItemVersion, approved).where(Item.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(rows)}


def bodies_before(change_id: int, numbers: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """What the items of those lines said when they were looked at, by item."""
    looked_at = and_(ItemVersion.item_id == ChangeLine.item_id, ItemVersion.version == ChangeLine.version)
    rows = select(ChangeLine.item_id, ItemVersion.body).join(ItemVersion, looked_at)
    rows = rows.where(ChangeLine.change_id == change_id, ChangeLine.number.in_(numbers))
    return {row[0]: row[1] for row in db.session.execute(rows)}


def left_behind() -> Sequence[int]:
    """The changes that are confirmed, or to be undone, and not finished."""
    going = [ChangeStatus.RUNNING, ChangeStatus.UNDOING]
    return db.session.scalars(select(ItemChange.id).where(ItemChange.status.in_(going))).all()


def never_confirmed(before: datetime) -> Sequence[int]:
    """The changes that were looked at before that moment and never confirmed."""
    looked_at = (ItemChange.status == ChangeStatus.LOOKED_AT, ItemChange.created_at < before)
    return db.session.scalars(select(ItemChange.id).where(*looked_at)).all()
