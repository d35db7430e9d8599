"""Reading blueprints, and the items that fit their draws."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, select, union_all

from question_bank.blueprints.models import QuizDraw, QuizSection
from question_bank.blueprints.rules import Blueprint, Criteria, Draw, Section
from question_bank.models import Item, ItemCategory, ItemTag, ItemVersion, Quiz, QuizItem
from question_bank.permissions import Permission
from question_bank.queries import categories
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import connection, db
from training.core.scopes import Scope

SAME = ("type", "module", "competency", "level")


_section_columns = QuizSection.__table__.c
SECTIONS = (
    select(_section_columns.number, _section_columns.title_zh, _section_columns.title_en, _section_columns.policy)
    .where(_section_columns.quiz_id == bindparam("of_quiz"), _section_columns.version == bindparam("of_version"))
    .order_by(_section_columns.number)
)


def sections_of(quiz_id: int, version: int) -> dict[int, Section]:
    """The sections of a version of a quiz by number, in order; empty where it has none; one query."""
    rows = connection().execute(SECTIONS, {"of_quiz": quiz_id, "of_version": version})
    return {row.number: Section(*row) for row in rows}


def blueprint_of(quiz_id: int, version: int) -> Blueprint:
    """Sections and draws of a version of a quiz; one query. Where its fixed items stand is not asked."""
    statement = (
        select(QuizSection, QuizDraw)
        .outerjoin(
            QuizDraw,
            and_(
                QuizDraw.quiz_id == QuizSection.quiz_id,
                QuizDraw.version == QuizSection.version,
                QuizDraw.section == QuizSection.number,
            ),
        )
        .where(QuizSection.quiz_id == quiz_id, QuizSection.version == version)
        .order_by(QuizSection.number, QuizDraw.number)
    )
    rows: Sequence[Any] = db.session.execute(statement).all()
    sections = {section.number: _section(section) for section, _draw in rows}
    return Blueprint(tuple(sections.values()), tuple(_draw(draw) for _section, draw in rows if draw is not None))


def _section(row: QuizSection) -> Section:
    return Section(row.number, row.title_zh, row.title_en, row.policy)


def _draw(row: QuizDraw) -> Draw:
    names = (*SAME, "difficulty_min", "difficulty_max", "category_id", "tag")
    return Draw(row.number, row.section, row.count, row.points, Criteria(**{one: getattr(row, one) for one in names}))


def placed_in(quiz_id: int, version: int) -> Sequence[Any]:
    """The fixed items of a version of a quiz in order, as rows `item_id, section, points`."""
    statement = select(QuizItem.item_id, QuizItem.section, QuizItem.points).where(
        QuizItem.quiz_id == quiz_id, QuizItem.version == version
    )
    return db.session.execute(statement.order_by(QuizItem.section, QuizItem.position)).all()


def drawn_items(quiz_id: Any, version: Any) -> Any:
    """How many items a version of a quiz draws, as a scalar subquery; both may be columns."""
    asked = select(func.coalesce(func.sum(QuizDraw.count), 0))
    return asked.where(QuizDraw.quiz_id == quiz_id, QuizDraw.version == version).scalar_subquery()


def scope_of(quiz_id: int) -> int:
    """The scope whose bank a quiz draws from: its own."""
    return db.session.scalars(select(Activity.scope_id).where(Activity.id == quiz_id)).one()


def fitting(scope_id: int, draws: Sequence[Draw]) -> dict[int, set[int]]:
    """The approved items in use of one bank that fit each draw, by its number; one query for all draws."""
    found: dict[int, set[int]] = {one.number: set() for one in draws}
    if draws:
        below: dict[int, Select[Any]] = {}
        for number, item_id in db.session.execute(union_all(*(_fitting(scope_id, one, below) for one in draws))):
            found[number].add(item_id)
    return found


def _fitting(scope_id: int, draw: Draw, below: dict[int, Select[Any]]) -> Select[int, int]:
    wanted = draw.criteria
    usable = (Item.scope_id == scope_id, Item.retired_at.is_(None), Item.approved_version.is_not(None))
    named = {name: getattr(wanted, name) for name in SAME}
    conditions: list[ColumnElement[bool]] = [getattr(Item, name) == value for name, value in named.items() if value]
    if wanted.difficulty_min is not None:
        conditions.append(Item.difficulty >= wanted.difficulty_min)
    if wanted.difficulty_max is not None:
        conditions.append(Item.difficulty <= wanted.difficulty_max)
    if wanted.category_id is not None:
        tree = below.setdefault(wanted.category_id, categories.at_or_below(wanted.category_id))
        conditions.append(Item.category_id.in_(tree))
    if wanted.tag:
        conditions.append(Item.id.in_(select(ItemTag.item_id).where(ItemTag.tag == wanted.tag)))
    return select(literal(draw.number), Item.id).where(*usable, *conditions)


def as_approved(item_ids: Collection[int]) -> dict[int, Any]:
    """The approved versions of those items, as rows `id, code, type, retired_at, version_id`; one query."""
    statement = (
        select(Item.id, Item.code, Item.type, Item.retired_at, ItemVersion.id.label("version_id"))
        .join(ItemVersion, and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.approved_version))
        .where(Item.id.in_(sorted(item_ids)))
    )
    return {row.id: row for row in db.session.execute(statement)}


def drawing_quizzes() -> Sequence[Any]:
    """The quizzes whose newest version draws, as rows `id, version, cannot_draw`."""
    statement = (
        select(Activity.id, Activity.version, Quiz.cannot_draw)
        .join(Quiz, Quiz.activity_id == Activity.id)
        .where(
            select(QuizDraw.number)
            .where(QuizDraw.quiz_id == Activity.id, QuizDraw.version == Activity.version)
            .exists()
        )
        .order_by(Activity.id)
    )
    return db.session.execute(statement).all()


def count_that_cannot_draw(actor: Actor) -> Select[Any]:
    """A select of how many of the actor's quizzes nobody can start."""
    own = select(Scope.id).where(scopes.within(actor.paths(Permission.QUIZ_READ)))
    statement = select(func.count()).select_from(Quiz).join(Activity, Activity.id == Quiz.activity_id)
    return statement.where(Quiz.cannot_draw, Activity.scope_id.in_(own))


def names_of_categories(draws: Sequence[Draw]) -> dict[int, str]:
    """The names of the categories that draws ask for, by id; no query where they ask for none."""
    ids = {one.criteria.category_id for one in draws if one.criteria.category_id is not None}
    if not ids:
        return {}
    rows = db.session.execute(select(ItemCategory.id, ItemCategory.name).where(ItemCategory.id.in_(ids)))
    return {row.id: row.name for row in rows}
