"""Reading quizzes and their results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Float, Select, and_, cast, func, select

from question_bank.analysis.classical import Tally
from question_bank.blueprints import queries as blueprints
from question_bank.models import Attempt, AttemptItem, AttemptStatus, Item, ItemVersion, Quiz, QuizItem, QuizVersion
from question_bank.permissions import Permission
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope


def visible_quizzes(actor: Actor) -> Select[Any]:
    """A select of the quizzes (`Activity`) that the actor may read; lists and single loads both go through it."""
    statement = select(Activity).join(Quiz, Quiz.activity_id == Activity.id).join(Scope, Scope.id == Activity.scope_id)
    return statement.where(scopes.within(actor.paths(Permission.QUIZ_READ)))


def quizzes_visible_to(actor: Actor) -> Sequence[Any]:
    """The actor's quizzes as rows `Activity, QuizVersion, items, cannot_draw` of their newest version."""
    items = (
        select(func.count())
        .where(QuizItem.quiz_id == Activity.id, QuizItem.version == Activity.version)
        .scalar_subquery()
    )
    statement = (
        visible_quizzes(actor)
        .add_columns(
            QuizVersion,
            (items + blueprints.drawn_items(Activity.id, Activity.version)).label("items"),
            Quiz.cannot_draw,
        )
        .join(QuizVersion, and_(QuizVersion.quiz_id == Activity.id, QuizVersion.version == Activity.version))
        .order_by(Activity.id)
    )
    return db.session.execute(statement).all()


def quiz_visible_to(actor: Actor, quiz_id: int, *, lock: bool = False) -> tuple[Activity, Scope]:
    """The quiz of that id with its scope; raises `NotFound` for a stranger's. `lock` keeps other editors waiting."""
    statement = visible_quizzes(actor).add_columns(Scope).where(Activity.id == quiz_id)
    if lock:
        statement = statement.with_for_update(of=Activity, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such quiz of yours."))
    return row[0], row[1]


def rules_of(quiz_id: int, version: int) -> QuizVersion:
    """The rules of one version of a quiz."""
    return db.session.get_one(QuizVersion, (quiz_id, version))


def items_of(quiz_id: int, version: int) -> Sequence[Any]:
    """The items of one version of a quiz in order, as rows `QuizItem, Item`."""
    statement = (
        select(QuizItem, Item)
        .join(Item, Item.id == QuizItem.item_id)
        .where(QuizItem.quiz_id == quiz_id, QuizItem.version == version)
        .order_by(QuizItem.section, QuizItem.position)
    )
    return db.session.execute(statement).all()


def totals_of(quiz_id: int) -> Any:
    """The attempts of a quiz over all versions: a row `people, handed_in, passed, marking, open, mean`.

    `handed_in` are those with a result; `mean` is percent or None.
    """
    closed = Attempt.status == AttemptStatus.HANDED_IN
    statement = select(
        func.count(func.distinct(Attempt.person_id)).filter(closed).label("people"),
        func.count().filter(closed).label("handed_in"),
        func.count().filter(Attempt.passed.is_(True)).label("passed"),
        func.count().filter(Attempt.status == AttemptStatus.MARKING).label("marking"),
        func.count().filter(Attempt.status == AttemptStatus.OPEN).label("open"),
        func.avg(Attempt.score_percent).label("mean"),
    ).where(Attempt.quiz_id == quiz_id)
    return db.session.execute(statement).one()


def minutes_of(activity_ids: Collection[int]) -> dict[int, int]:
    """The time limit of the newest version of each of these quizzes in minutes; other activities are left out."""
    rows = db.session.execute(
        select(QuizVersion.quiz_id, QuizVersion.time_limit_minutes)
        .join(Activity, and_(Activity.id == QuizVersion.quiz_id, Activity.version == QuizVersion.version))
        .where(QuizVersion.quiz_id.in_(activity_ids))
    )
    return {row.quiz_id: row.time_limit_minutes for row in rows}


def answers_of(quiz_id: int) -> dict[int, Tally]:
    """What was answered in handed-in attempts where it counts, counted by the database, by item version."""
    statement = (
        select(
            AttemptItem.item_version_id,
            AttemptItem.graded_answer.label("answer"),
            func.count().label("times"),
            func.sum(cast(AttemptItem.earned, Float) / AttemptItem.points).label("earned"),
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(
            Attempt.quiz_id == quiz_id,
            Attempt.status == AttemptStatus.HANDED_IN,
            AttemptItem.earned.is_not(None),
        )
        .group_by(AttemptItem.item_version_id, AttemptItem.graded_answer)
    )
    found: dict[int, Tally] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.item_version_id, Tally()).add(row.answer, row.earned, row.times)
    return found


def versions_shown(quiz_id: int) -> Sequence[Any]:
    """The item versions that attempts of a quiz showed, by code, as rows `ItemVersion, Item`."""
    shown = (
        select(AttemptItem.item_version_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.quiz_id == quiz_id, Attempt.status == AttemptStatus.HANDED_IN)
    )
    statement = (
        select(ItemVersion, Item)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(ItemVersion.id.in_(shown))
        .order_by(Item.code, ItemVersion.version)
    )
    return db.session.execute(statement).all()
