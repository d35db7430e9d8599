"""Reading written answers that wait for a person, and the marks they got."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from question_bank import item_types
from question_bank.marking.models import EssayMark
from question_bank.models import Attempt, AttemptItem, AttemptStatus, Item, ItemVersion
from question_bank.permissions import Permission
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope

BY_HAND = [name for name in item_types.names() if item_types.get(name).by_hand]


class Answer(NamedTuple):
    """A written answer with what it stands in; `scope` is the quiz's."""

    item: AttemptItem
    attempt: Attempt
    quiz: Activity
    scope: Scope
    version: ItemVersion

    @property
    def rubric(self) -> list[dict[str, Any]]:
        """The criteria of the version that was answered."""
        return list(self.version.body["rubric"])


def visible_answers_to_mark(actor: Actor) -> Select[Any]:
    """A select of the written answers (`AttemptItem, Attempt, Activity, Scope`) that the actor marks.

    They are handed in, with a result or without, to quizzes of the actor's places; never the actor's own, nor of
    somebody who was erased.
    """
    return (
        select(AttemptItem)
        .add_columns(Attempt, Activity, Scope)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Activity, Activity.id == Attempt.quiz_id)
        .join(Scope, Scope.id == Activity.scope_id)
        .join(Person, Person.id == Attempt.person_id)
        .where(
            AttemptItem.type.in_(BY_HAND),
            AttemptItem.graded_answer.is_not(None),
            Attempt.status.in_([AttemptStatus.MARKING, AttemptStatus.HANDED_IN]),
            Attempt.person_id != actor.id,
            Person.erased_at.is_(None),
            scopes.within(actor.paths(Permission.ATTEMPT_MARK)),
        )
    )


def answer_visible_to(actor: Actor, attempt_id: int, position: int, *, lock: bool = False) -> Answer:
    """One written answer; raises `NotFound` for a stranger's. `lock` keeps other markers of the attempt waiting."""
    statement = (
        visible_answers_to_mark(actor)
        .add_columns(ItemVersion)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .where(AttemptItem.attempt_id == attempt_id, AttemptItem.position == position)
    )
    if lock:
        statement = statement.with_for_update(of=Attempt, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such answer for you to mark."))
    return Answer(*row)


def has_mark() -> ColumnElement[bool]:
    """Whether the written answer of a statement about `AttemptItem` has a mark."""
    return exists().where(EssayMark.attempt_id == AttemptItem.attempt_id, EssayMark.position == AttemptItem.position)


def waits_for_a_mark() -> ColumnElement[bool]:
    """The condition that an attempt (`Attempt`) that is handed in has a written answer without a mark."""
    return exists().where(
        AttemptItem.attempt_id == Attempt.id,
        AttemptItem.type.in_(BY_HAND),
        AttemptItem.graded_answer.is_not(None),
        ~has_mark(),
    )


def _waiting(actor: Actor) -> Select[Any]:
    return visible_answers_to_mark(actor).where(Attempt.status == AttemptStatus.MARKING, ~has_mark())


def count_waiting(actor: Actor) -> Select[Any]:
    """A select of the number of answers without a mark."""
    return _waiting(actor).with_only_columns(func.count())


def waiting_by_item(actor: Actor) -> Sequence[Any]:
    """What waits, longest first: rows `Activity, Item, count, since`, then `attempt_id, position` of the oldest."""
    group = [Attempt.quiz_id, ItemVersion.item_id]
    oldest_first = [Attempt.handed_in_at, Attempt.id]
    each = (
        _waiting(actor)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .with_only_columns(
            Attempt.quiz_id,
            ItemVersion.item_id,
            AttemptItem.attempt_id,
            AttemptItem.position,
            Attempt.handed_in_at.label("since"),
            func.count().over(partition_by=group).label("count"),
            func.row_number().over(partition_by=group, order_by=oldest_first).label("place"),
        )
        .subquery()
    )
    statement = (
        select(Activity, Item, each.c.count, each.c.since, each.c.attempt_id, each.c.position)
        .join(each, each.c.quiz_id == Activity.id)
        .join(Item, Item.id == each.c.item_id)
        .where(each.c.place == 1)
        .order_by(each.c.since, each.c.attempt_id, each.c.position)
    )
    return db.session.execute(statement).all()


def next_waiting(actor: Actor, answer: Answer) -> tuple[int, int] | None:
    """Where (attempt, position) the next answer to the same item of the same quiz waits: the oldest after this one.

    Those that were passed by come round again at the end; None when nothing waits.
    """
    here = (answer.attempt.handed_in_at, answer.attempt.id)
    later = tuple_(Attempt.handed_in_at, Attempt.id) > here
    statement = (
        _waiting(actor)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .where(
            Attempt.quiz_id == answer.attempt.quiz_id,
            Attempt.id != answer.attempt.id,
            ItemVersion.item_id == answer.version.item_id,
        )
        .with_only_columns(AttemptItem.attempt_id, AttemptItem.position)
        .order_by(case((later, 0), else_=1), Attempt.handed_in_at, Attempt.id)
        .limit(1)
    )
    row = db.session.execute(statement).one_or_none()
    return (row.attempt_id, row.position) if row else None


def changeable_by(actor: Actor) -> Sequence[Any]:
    """The answers that the actor marked last and whose attempt still waits for other marks.

    Rows `quiz (Activity), item (Item), attempt_id, position, marked_at`, newest first.
    """
    each = aliased(EssayMark)
    newest = select(func.max(each.number)).where(
        each.attempt_id == AttemptItem.attempt_id, each.position == AttemptItem.position
    )
    statement = (
        visible_answers_to_mark(actor)
        .join(
            EssayMark,
            and_(EssayMark.attempt_id == AttemptItem.attempt_id, EssayMark.position == AttemptItem.position),
        )
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(
            Attempt.status == AttemptStatus.MARKING,
            EssayMark.marker_id == actor.id,
            EssayMark.number == newest.scalar_subquery(),
        )
        .with_only_columns(Activity, Item, AttemptItem.attempt_id, AttemptItem.position, EssayMark.marked_at)
        .order_by(EssayMark.marked_at.desc())
    )
    return db.session.execute(statement).all()


def marks_of(attempt_id: int) -> dict[int, EssayMark]:
    """The mark that counts at each position of an attempt that has one."""
    statement = select(EssayMark).where(EssayMark.attempt_id == attempt_id).order_by(EssayMark.number)
    return {one.position: one for one in db.session.scalars(statement)}


def marks_with_rubrics(attempt_id: int) -> dict[int, tuple[list[dict[str, Any]], EssayMark]]:
    """By position the rubric and the mark that counts."""
    statement = (
        select(EssayMark, ItemVersion.body)
        .join(
            AttemptItem,
            and_(AttemptItem.attempt_id == EssayMark.attempt_id, AttemptItem.position == EssayMark.position),
        )
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .where(EssayMark.attempt_id == attempt_id)
        .order_by(EssayMark.number)
    )
    return {one.position: (body["rubric"], one) for one, body in db.session.execute(statement)}


def newest_mark(attempt_id: int, position: int) -> tuple[EssayMark, str] | None:
    """The mark that counts, with the name of who gave it."""
    statement = (
        select(EssayMark, Person.name)
        .join(Person, Person.id == EssayMark.marker_id)
        .where(EssayMark.attempt_id == attempt_id, EssayMark.position == position)
        .order_by(EssayMark.number.desc())
        .limit(1)
    )
    row = db.session.execute(statement).one_or_none()
    return (row[0], row[1]) if row else None


def without_mark(attempt_id: int) -> Sequence[int]:
    """The positions of an attempt whose written answer has no mark yet."""
    statement = select(AttemptItem.position).where(
        AttemptItem.attempt_id == attempt_id,
        AttemptItem.type.in_(BY_HAND),
        AttemptItem.graded_answer.is_not(None),
        ~has_mark(),
    )
    return db.session.scalars(statement.order_by(AttemptItem.position)).all()


BEING_MARKED: Select[Any] = (
    select(Attempt.person_id, Attempt.quiz_id.label("activity_id"))
    .add_columns(Attempt.handed_in_at.label("since"))
    .where(Attempt.status == AttemptStatus.MARKING)
)
"""Everybody's attempts that wait for a mark."""
