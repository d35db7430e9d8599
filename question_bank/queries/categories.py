"""Reading the categories of banks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from question_bank.models import Item, ItemCategory, ItemTag
from question_bank.permissions import Permission
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope


@dataclass(frozen=True)
class Branch:
    """A category at its place in the tree: `depth` 0 is at the top, `path` names it with all above it."""

    category: ItemCategory
    depth: int
    path: str
    items: int = 0


def readable_categories(actor: Actor) -> Select[Any]:
    """A select of the categories of the banks that the actor may read; lists and single loads go through it."""
    readable = select(Scope.id).where(scopes.within(actor.paths(Permission.ITEM_READ)))
    return select(ItemCategory).where(ItemCategory.scope_id.in_(readable))


def category_visible_to(actor: Actor, category_id: int) -> tuple[ItemCategory, Scope]:
    """The category with its scope; raises `NotFound` for a stranger's."""
    statement = readable_categories(actor).add_columns(Scope).join(Scope, Scope.id == ItemCategory.scope_id)
    row = db.session.execute(statement.where(ItemCategory.id == category_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such category in your bank."))
    return row[0], row[1]


def tree_of(actor: Actor, *, counted: bool = False) -> list[Branch]:
    """The actor's categories, each before those below it, by name; with the number of their own items if `counted`."""
    found = db.session.scalars(readable_categories(actor).order_by(ItemCategory.name, ItemCategory.id)).all()
    counts: dict[int, int] = {}
    if counted:
        rows = select(Item.category_id, func.count()).where(Item.category_id.is_not(None)).group_by(Item.category_id)
        counts = {int(row[0] or 0): row[1] for row in db.session.execute(rows)}
    return _grown(found, counts)


def _grown(found: Sequence[ItemCategory], counts: dict[int, int]) -> list[Branch]:
    """The tree, flat; without recursion, so that no depth is too deep."""
    below: dict[int | None, list[ItemCategory]] = {}
    known = {one.id for one in found}
    for one in found:
        below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    grown: list[Branch] = []
    waiting = [(one, 0, "") for one in reversed(below.get(None, []))]
    while waiting:
        one, depth, above = waiting.pop()
        path = f"{above} / {one.name}" if above else one.name
        grown.append(Branch(one, depth, path, counts.get(one.id, 0)))
        waiting += [(child, depth + 1, path) for child in reversed(below.get(one.id, []))]
    return grown


def at_or_below(category_id: int) -> Select[Any]:
    """A select of the ids of a category and of all below it."""
    tree = select(ItemCategory.id).where(ItemCategory.id == category_id).cte(recursive=True)
    return select(tree.union(select(ItemCategory.id).where(ItemCategory.parent_id == tree.c.id)).c.id)


def tags_of(item: Item) -> list[str]:
    """The tags of an item, sorted."""
    return list(db.session.scalars(select(ItemTag.tag).where(ItemTag.item_id == item.id).order_by(ItemTag.tag)))


def path_of(actor: Actor, category_id: int | None) -> str:
    """The name of a category with those above it; empty for none, which takes no query."""
    if category_id is None:
        return ""
    return next((one.path for one in tree_of(actor) if one.category.id == category_id), "")
