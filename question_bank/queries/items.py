"""Reading the bank."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, or_, select

from question_bank.models import Item, ItemVersion, QuizItem
from question_bank.permissions import Permission
from question_bank.queries import search as terms
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope

PAGE = 25


@dataclass(frozen=True)
class Page:
    """A page of a list, as the pager takes it."""

    rows: Sequence[Any]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def visible_items(actor: Actor) -> Select[Any]:
    """A select of the items that the actor may read; lists and single loads both go through it."""
    readable = select(Scope.id).where(scopes.within(actor.paths(Permission.ITEM_READ)))
    return select(Item).where(Item.scope_id.in_(readable))


def item_visible_to(actor: Actor, item_id: int, *, lock: bool = False) -> tuple[Item, Scope]:
    """The item of that id with its scope; raises `NotFound` for a stranger's. `lock` keeps other editors waiting."""
    statement = visible_items(actor).add_columns(Scope).join(Scope, Scope.id == Item.scope_id)
    statement = statement.where(Item.id == item_id)
    if lock:
        statement = statement.with_for_update(of=Item, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such item in your bank."))
    return row[0], row[1]


def lock(ids: Sequence[int]) -> None:
    """Keep other editors of those items waiting. What they say is read afterwards, in a statement of its own.

    A statement that waits for a row sees, on PostgreSQL, the row as it is then and everything else as it was before.
    """
    db.session.execute(select(Item.id).where(Item.id.in_(ids)).order_by(Item.id).with_for_update(key_share=True)).all()


def version_of(item: Item, number: int) -> ItemVersion:
    """One version of an item; raises `NotFound`."""
    statement = select(ItemVersion).where(ItemVersion.item_id == item.id, ItemVersion.version == number)
    version = db.session.scalar(statement)
    if version is None:
        raise NotFound(_("This item has no such version."))
    return version


def successor_of(item: Item) -> Item | None:
    """The item that took this one's place; no query where there is none."""
    return db.session.get(Item, item.superseded_by_id) if item.superseded_by_id else None


def item_of_code(actor: Actor, scope: Scope, code: str) -> Item | None:
    """The item of that code in the bank of that scope, if the actor may read it."""
    found: Item | None = db.session.scalar(visible_items(actor).where(Item.scope_id == scope.id, Item.code == code))
    return found


def quizzes_using(item: Item) -> Sequence[Activity]:
    """The quizzes whose newest version contains the item."""
    statement = (
        select(Activity)
        .join(QuizItem, and_(QuizItem.quiz_id == Activity.id, QuizItem.version == Activity.version))
        .where(QuizItem.item_id == item.id)
        .order_by(Activity.id)
    )
    return db.session.scalars(statement).all()


def items_by_id(actor: Actor, ids: Collection[int], chosen: Collection[int]) -> dict[int, Item]:
    """Those of the items that the actor may read, and those chosen already (from whatever bank), by id."""
    own = and_(scopes.within(actor.paths(Permission.ITEM_READ)), Item.id.in_(ids))
    statement = select(Item).join(Scope, Scope.id == Item.scope_id).where(or_(own, Item.id.in_(chosen)))
    return {one.id: one for one in db.session.scalars(statement)}


def items_to_choose(actor: Actor, chosen: Collection[int], search: str = "", more: int = 40) -> Sequence[Item]:
    """What a quiz may be composed of: what it has (from whatever bank), then `more` of the actor's approved items.

    Both by code; `search` narrows the latter.
    """
    own = and_(
        scopes.within(actor.paths(Permission.ITEM_READ)), Item.retired_at.is_(None), Item.approved_version.is_not(None)
    )
    if search:
        own = and_(own, Item.id.in_(terms.having(search)))
    statement = select(Item).join(Scope, Scope.id == Item.scope_id).where(or_(own, Item.id.in_(chosen)))
    first = Item.id.in_(chosen).desc()
    return db.session.scalars(statement.order_by(first, Item.code, Item.id).limit(len(chosen) + more)).all()


def scopes_to_write(actor: Actor, permission: Permission) -> Sequence[Scope]:
    """The scopes on which the actor holds `permission` directly: where something new can belong."""
    ids = {grant.scope_id for grant in actor.grants if grant.path in actor.paths(permission)}
    return db.session.scalars(select(Scope).where(Scope.id.in_(sorted(ids))).order_by(Scope.path)).all()
