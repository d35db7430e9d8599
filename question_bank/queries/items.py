"""Reading the bank."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from question_bank.models import Item, ItemVersion, QuizItem
from question_bank.permissions import Permission
from training.accounts.models import Person
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
    statement = select(Item).join(Scope, Scope.id == Item.scope_id)
    return statement.where(scopes.within(actor.paths(Permission.ITEM_READ)))


def _sought(search: str) -> ColumnElement[bool]:
    return or_(*(column.icontains(search, autoescape=True) for column in (Item.code, Item.stem_zh, Item.stem_en)))


def page_of_items(actor: Actor, search: str, type_name: str, number: int) -> Page:
    """A page of the actor's items (rows of `Item`), by code; `search` is looked for in codes and stems."""
    statement = visible_items(actor)
    if type_name:
        statement = statement.where(Item.type == type_name)
    if search:
        statement = statement.where(_sought(search))
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    statement = statement.order_by(Item.code, Item.id).limit(PAGE).offset((number - 1) * PAGE)
    return Page(db.session.scalars(statement).all(), number, total)


def item_visible_to(actor: Actor, item_id: int, *, lock: bool = False) -> tuple[Item, Scope]:
    """The item of that id with its scope; raises `NotFound` for a stranger's. `lock` keeps other editors waiting."""
    statement = visible_items(actor).add_columns(Scope).where(Item.id == item_id)
    if lock:
        statement = statement.with_for_update(of=Item, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such item in your bank."))
    return row[0], row[1]


def version_of(item: Item, number: int) -> ItemVersion:
    """One version of an item; raises `NotFound`."""
    statement = select(ItemVersion).where(ItemVersion.item_id == item.id, ItemVersion.version == number)
    version = db.session.scalar(statement)
    if version is None:
        raise NotFound(_("This item has no such version."))
    return version


def versions_of(item: Item) -> Sequence[Any]:
    """The versions of an item, newest first, as rows `version, created_at, author's name | None`."""
    statement = (
        select(ItemVersion.version, ItemVersion.created_at, Person.name.label("author"))
        .outerjoin(Person, Person.id == ItemVersion.author_id)
        .where(ItemVersion.item_id == item.id)
        .order_by(ItemVersion.version.desc())
    )
    return db.session.execute(statement).all()


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
        own = and_(own, _sought(search))
    statement = select(Item).join(Scope, Scope.id == Item.scope_id).where(or_(own, Item.id.in_(chosen)))
    first = Item.id.in_(chosen).desc()
    return db.session.scalars(statement.order_by(first, Item.code, Item.id).limit(len(chosen) + more)).all()


def scopes_to_write(actor: Actor, permission: Permission) -> Sequence[Scope]:
    """The scopes on which the actor holds `permission` directly: where something new can belong."""
    ids = {grant.scope_id for grant in actor.grants if grant.path in actor.paths(permission)}
    return db.session.scalars(select(Scope).where(Scope.id.in_(sorted(ids))).order_by(Scope.path)).all()
