"""The list of the bank: what is looked for, a page of it, and what waits for somebody today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, select, tuple_

from question_bank.analysis.models import ItemFigures
from question_bank.blueprints import queries as blueprints
from question_bank.marking import queries as marking
from question_bank.models import Item, ItemState, ItemTag, ItemVersion, SavedSearch
from question_bank.permissions import Permission
from question_bank.queries import categories, search
from question_bank.queries.items import PAGE, Page, visible_items
from question_bank.rechecks import queries as rechecks
from training.core import clock, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.scopes import Scope

DUE = timedelta(days=60)
MOST_FOUND = 1000
"""So many of the items that have the words are ranked; whoever finds more adds a word."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; `only` is `mine`, `drafts`, `waiting`, `due` or `look`."""

    words: str = ""
    type: str = ""
    state: str = ""
    category: int | None = None
    tag: str = ""
    module: str = ""
    competency: str = ""
    difficulty: int | None = None
    only: str = ""


def page_of_items(actor: Actor, wanted: Wanted, number: int) -> Page:
    """A page of the actor's items (rows of `Item`): by rank where words are looked for, else by code; two queries."""
    statement = visible_items(actor).where(*_conditions(actor, wanted))
    if wanted.words:
        return _ranked_page(statement, wanted.words, number)
    total = db.session.scalar(statement.with_only_columns(func.count())) or 0
    ids = statement.with_only_columns(Item.id).order_by(Item.code, Item.id).limit(PAGE).offset((number - 1) * PAGE)
    rows = db.session.scalars(select(Item).where(Item.id.in_(ids)).order_by(Item.code, Item.id)).all()
    return Page(rows, number, total)


def ids_found(actor: Actor, wanted: Wanted, most: int) -> list[int]:
    """The ids of all that a page of the list shows a part of, at most so many; one query."""
    statement = visible_items(actor).where(*_conditions(actor, wanted))
    if wanted.words:
        statement = select(_bounded(statement, wanted.words).c.id)
    else:
        statement = statement.with_only_columns(Item.id).order_by(Item.code, Item.id)
    return list(db.session.scalars(statement.limit(most)))


def approved_among(actor: Actor, ids: Sequence[int], most: int) -> list[int]:
    """Those of the items that the actor may read and a quiz may have, by code, at most so many."""
    usable = (Item.approved_version.is_not(None), Item.retired_at.is_(None))
    some = ids[:MOST_FOUND]
    statement = visible_items(actor).with_only_columns(Item.id).where(Item.id.in_(some), *usable)
    return list(db.session.scalars(statement.order_by(Item.code, Item.id).limit(most)))


def _ranked_page(statement: Select[Any], words: str, number: int) -> Page:
    bounded = _bounded(statement, words)
    total = db.session.scalar(select(func.count()).select_from(bounded)) or 0
    same_code = func.lower(Item.code) == words.lower()
    rows = (
        select(Item)
        .join(bounded, bounded.c.id == Item.id)
        .order_by(same_code.desc(), bounded.c.rank, Item.code, Item.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return Page(db.session.scalars(rows).all(), number, total)


def _bounded(statement: Select[Any], words: str) -> Subquery:
    """What of a select of items has the words, with its rank, as far as it is looked at."""
    found = search.matching(words).subquery()
    ranked = statement.with_only_columns(Item.id.label("id"), found.c.rank.label("rank"))
    return ranked.join(found, found.c.item_id == Item.id).limit(MOST_FOUND).subquery()


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.type:
        found.append(Item.type == wanted.type)
    if wanted.state == "retired":
        found.append(Item.retired_at.is_not(None))
    elif wanted.state:
        found += [Item.state == ItemState(wanted.state), Item.retired_at.is_(None)]
    if wanted.category is not None:
        found.append(Item.category_id.in_(categories.at_or_below(wanted.category)))
    if wanted.tag:
        found.append(Item.id.in_(select(ItemTag.item_id).where(ItemTag.tag == wanted.tag)))
    same = {"module": wanted.module, "competency": wanted.competency, "difficulty": wanted.difficulty}
    found += [getattr(Item, name) == value for name, value in same.items() if value]
    if wanted.only:
        found.append(ONLY[wanted.only](actor))
    return found


def _mine(actor: Actor) -> ColumnElement[bool]:
    """The actor wrote a version of it."""
    return Item.id.in_(select(ItemVersion.item_id).where(ItemVersion.author_id == actor.id))


def _drafts(actor: Actor) -> ColumnElement[bool]:
    """A draft whose newest version is the actor's, asked from their versions: there are far fewer than drafts."""
    own = select(ItemVersion.item_id, ItemVersion.version).where(ItemVersion.author_id == actor.id)
    return and_(Item.state == ItemState.DRAFT, Item.retired_at.is_(None), tuple_(Item.id, Item.version).in_(own))


def _waiting(actor: Actor) -> ColumnElement[bool]:
    """It waits for a review, and the actor wrote nothing of what is to be reviewed."""
    own = select(ItemVersion.item_id).where(
        ItemVersion.item_id == Item.id,
        ItemVersion.author_id == actor.id,
        ItemVersion.version > func.coalesce(Item.approved_version, 0),
    )
    here = Item.scope_id.in_(select(Scope.id).where(scopes.within(actor.paths(Permission.ITEM_REVIEW))))
    return and_(Item.state == ItemState.IN_REVIEW, Item.retired_at.is_(None), here, ~exists(own))


def _due(_actor: Actor) -> ColumnElement[bool]:
    """It is to be looked at again within sixty days, or since."""
    return and_(Item.retired_at.is_(None), Item.review_by <= clock.today() + DUE)


def _look(_actor: Actor) -> ColumnElement[bool]:
    """The figures of its newest version say that an author should look at it."""
    told = select(ItemFigures.item_id, ItemFigures.version).where(ItemFigures.worth_a_look)
    return and_(Item.retired_at.is_(None), tuple_(Item.id, Item.version).in_(told))


ONLY = {"mine": _mine, "drafts": _drafts, "waiting": _waiting, "due": _due, "look": _look}


def today_of(actor: Actor) -> dict[str, int]:
    """How many `drafts`, reviews `waiting`, items `due`, answers `to_mark`, quizzes that `cannot_draw`; one query.

    `to_check` are requests to check a mark.
    """
    counts = [
        visible_items(actor).with_only_columns(func.count()).where(ONLY[name](actor)).scalar_subquery().label(name)
        for name in ("drafts", "waiting", "due")
    ]
    counts.append(marking.count_waiting(actor).scalar_subquery().label("to_mark"))
    counts.append(rechecks.count_waiting(actor).scalar_subquery().label("to_check"))
    counts.append(blueprints.count_that_cannot_draw(actor).scalar_subquery().label("cannot_draw"))
    return dict(db.session.execute(select(*counts)).one()._mapping)


def saved_by(actor: Actor) -> Sequence[SavedSearch]:
    """The searches that the actor gave a name, by name."""
    statement = select(SavedSearch).where(SavedSearch.person_id == actor.id)
    return db.session.scalars(statement.order_by(SavedSearch.name)).all()
