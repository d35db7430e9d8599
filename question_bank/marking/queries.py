"""Reading written answers that wait for a person, and the marks they got."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select, tuple_

from question_bank import item_types
from question_bank.marking.agreement import Pair
from question_bank.marking.models import EssayMark, MarkingClaim
from question_bank.marking.rules import SETTLING, Counted, MarkKind, Rubric, counted, fraction
from question_bank.models import Attempt, AttemptItem, AttemptStatus, Item, ItemVersion, QuizVersion
from question_bank.permissions import Permission
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import clock, scopes
from training.core.access import Actor
from training.core.db import batches, db
from training.core.errors import NotFound
from training.core.scopes import Scope

CHANGEABLE = (MarkKind.SOLE, MarkKind.FIRST, MarkKind.ADJUDICATED)
BY_HAND = [name for name in item_types.names() if item_types.get(name).by_hand]


class Answer(NamedTuple):
    """A written answer with what it stands in; `scope` is the quiz's, `rules` are those of the version sat."""

    item: AttemptItem
    attempt: Attempt
    quiz: Activity
    scope: Scope
    version: ItemVersion
    rules: QuizVersion

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
        .add_columns(ItemVersion, QuizVersion)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .join(QuizVersion, and_(QuizVersion.quiz_id == Attempt.quiz_id, QuizVersion.version == Attempt.quiz_version))
        .where(AttemptItem.attempt_id == attempt_id, AttemptItem.position == position)
    )
    if lock:
        statement = statement.with_for_update(of=Attempt, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such answer for you to mark."))
    return Answer(*row)


def _has(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the written answer of a statement about `AttemptItem` has such a mark."""
    here = and_(EssayMark.attempt_id == AttemptItem.attempt_id, EssayMark.position == AttemptItem.position)
    return exists().where(here, condition)


def is_settled() -> ColumnElement[bool]:
    """Whether the written answer of a statement about `AttemptItem` waits for no other mark."""
    return _has(EssayMark.kind.in_(SETTLING))


def waits_for_a_mark() -> ColumnElement[bool]:
    """The condition that an attempt (`Attempt`) that is handed in has a written answer that waits for a mark."""
    return exists().where(
        AttemptItem.attempt_id == Attempt.id,
        AttemptItem.type.in_(BY_HAND),
        AttemptItem.graded_answer.is_not(None),
        ~is_settled(),
    )


def _waiting(actor: Actor) -> Select[Any]:
    """What waits for a mark of this actor: whoever has marked an answer is not asked again."""
    given = _has(EssayMark.marker_id == actor.id)
    return visible_answers_to_mark(actor).where(Attempt.status == AttemptStatus.MARKING, ~is_settled(), ~given)


def count_waiting(actor: Actor) -> Select[Any]:
    """A select of the number of answers that wait for a mark of the actor."""
    return _waiting(actor).with_only_columns(func.count())


def waiting_by_item(actor: Actor) -> Sequence[Any]:
    """What waits for the actor, longest first.

    Rows `Activity, Item, count, differing, since`, then `attempt_id, position` of the oldest: `differing` of the count
    have two marks that are too far apart. First and second marks are not told apart: that would break the blindness.
    """
    group = [Attempt.quiz_id, ItemVersion.item_id]
    oldest_first = [Attempt.handed_in_at, Attempt.id]
    differs = case((_has(EssayMark.kind == MarkKind.DIFFERING), 1), else_=0)
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
            func.sum(differs).over(partition_by=group).label("differing"),
            func.row_number().over(partition_by=group, order_by=oldest_first).label("place"),
        )
        .subquery()
    )
    statement = (
        select(Activity, Item, each.c.count, each.c.differing, each.c.since, each.c.attempt_id, each.c.position)
        .join(each, each.c.quiz_id == Activity.id)
        .join(Item, Item.id == each.c.item_id)
        .where(each.c.place == 1)
        .order_by(each.c.since, each.c.attempt_id, each.c.position)
    )
    return db.session.execute(statement).all()


def next_free(actor: Actor, answer: Answer, *, passing: bool, lock: bool = False) -> tuple[int, int] | None:
    """Where (attempt, position) an answer to the same item of the same quiz waits that nobody else is at.

    It is this one, or the oldest after it; those that were passed by come round again at the end. None when there is
    none. `passing` leaves this one out; `lock` keeps whoever looks at the same moment from finding the same.
    """
    here = tuple_(answer.attempt.handed_in_at, answer.attempt.id)
    place = tuple_(Attempt.handed_in_at, Attempt.id)
    statement = (
        _waiting(actor)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .where(
            Attempt.quiz_id == answer.attempt.quiz_id,
            ItemVersion.item_id == answer.version.item_id,
            ~exists().where(*_held(actor, AttemptItem.attempt_id, AttemptItem.position)),
        )
        .with_only_columns(AttemptItem.attempt_id, AttemptItem.position)
        .order_by(case((place >= here, 0), else_=1), Attempt.handed_in_at, Attempt.id)
        .limit(1)
    )
    if passing:
        statement = statement.where(Attempt.id != answer.attempt.id)
    if lock:
        statement = statement.with_for_update(of=AttemptItem, key_share=True, skip_locked=True)
    row = db.session.execute(statement).one_or_none()
    return (row.attempt_id, row.position) if row else None


def _held(actor: Actor, attempt_id: Any, position: Any) -> list[ColumnElement[bool]]:
    """The conditions on a `MarkingClaim` by which somebody else than the actor is at that answer."""
    return [
        MarkingClaim.attempt_id == attempt_id,
        MarkingClaim.position == position,
        MarkingClaim.marker_id != actor.id,
        MarkingClaim.until > clock.now(),
    ]


def is_held(actor: Actor, attempt_id: int, position: int) -> bool:
    """Whether somebody else than the actor is at that answer."""
    return bool(db.session.scalar(select(exists().where(*_held(actor, attempt_id, position)))))


def _marked(actor: Actor) -> Select[Any]:
    """The answers that the actor may mark, once for each mark that they have."""
    return (
        visible_answers_to_mark(actor)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(
            EssayMark,
            and_(EssayMark.attempt_id == AttemptItem.attempt_id, EssayMark.position == AttemptItem.position),
        )
    )


def has_begun(attempt_id: int) -> bool:
    """Whether an answer of an attempt has a mark, of whatever kind."""
    return bool(db.session.scalar(select(exists().where(EssayMark.attempt_id == attempt_id))))


class Undecided(NamedTuple):
    """An answer that the actor marked and whose attempt has no result; `path` is the quiz's place, `marks` are all."""

    quiz: Activity
    item: Item
    path: str
    writer_id: int
    marks: Sequence[EssayMark]

    def is_changeable_by(self, actor: Actor) -> bool:
        """Whether the last mark is the actor's, and may change."""
        return self.marks[-1].marker_id == actor.id and self.marks[-1].kind in CHANGEABLE

    def may_be_marked_by(self, actor: Actor) -> bool:
        """Whether somebody who holds `ATTEMPT_MARK` could give the mark that it waits for."""
        taken = {self.writer_id, *(one.marker_id for one in self.marks)}
        return actor.id not in taken and actor.may(Permission.ATTEMPT_MARK, self.path)


def undecided_by(actor: Actor) -> list[Undecided]:
    """The answers that the actor marked and whose attempt still waits; the one whose last mark is newest comes first.

    The others' marks are among them: pages show nothing of these.
    """
    statement = (
        _marked(actor)
        .where(
            Attempt.status == AttemptStatus.MARKING,
            tuple_(AttemptItem.attempt_id, AttemptItem.position).in_(
                select(EssayMark.attempt_id, EssayMark.position).where(EssayMark.marker_id == actor.id)
            ),
        )
        .with_only_columns(Activity, Item, Scope.path, Attempt.person_id, EssayMark)
        .order_by(EssayMark.attempt_id, EssayMark.position, EssayMark.number)
    )
    found = []
    for _place, several in groupby(
        db.session.execute(statement), key=lambda row: (row.EssayMark.attempt_id, row.EssayMark.position)
    ):
        rows = list(several)
        found.append(Undecided(*rows[0][:4], [row.EssayMark for row in rows]))
    return sorted(found, key=lambda one: one.marks[-1].marked_at, reverse=True)


def without_a_marker(waiting: Sequence[Undecided]) -> list[Undecided]:
    """Those of the answers that wait for a mark which nobody could give."""
    unsettled = [one for one in waiting if one.marks[-1].kind not in SETTLING]
    if not unsettled:
        return []
    there = scopes.upward({one.path for one in unsettled})
    people = accounts.actors_holding(Permission.ATTEMPT_MARK, there)
    return [one for one in unsettled if not any(one.may_be_marked_by(person) for person in people)]


def counting_marks(attempt_ids: Sequence[int]) -> dict[tuple[int, int], Counted]:
    """By attempt and position the mark that counts, where there is one."""
    found: dict[tuple[int, int], list[EssayMark]] = {}
    for some in batches(attempt_ids):
        statement = select(EssayMark).where(EssayMark.attempt_id.in_(some)).order_by(EssayMark.number)
        for one in db.session.scalars(statement):
            found.setdefault((one.attempt_id, one.position), []).append(one)
    marks = {place: counted(several) for place, several in found.items()}
    return {place: mark for place, mark in marks.items() if mark is not None}


def marks_with_rubrics(attempt_id: int) -> dict[int, tuple[Rubric, Counted]]:
    """By position the rubric and the mark that counts."""
    statement = (
        select(EssayMark, ItemVersion.body)
        .join(
            AttemptItem,
            and_(AttemptItem.attempt_id == EssayMark.attempt_id, AttemptItem.position == EssayMark.position),
        )
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .where(EssayMark.attempt_id == attempt_id)
        .order_by(EssayMark.position, EssayMark.number)
    )
    found = {}
    for position, several in groupby(db.session.execute(statement), key=lambda row: row.EssayMark.position):
        rows = list(several)
        mark = counted([row.EssayMark for row in rows])
        if mark is not None:
            found[position] = (rows[0].body["rubric"], mark)
    return found


def marks_at(attempt_id: int, position: int) -> list[tuple[EssayMark, str]]:
    """All marks of an answer in order, each with the name of who gave it."""
    statement = (
        select(EssayMark, Person.name)
        .join(Person, Person.id == EssayMark.marker_id)
        .where(EssayMark.attempt_id == attempt_id, EssayMark.position == position)
        .order_by(EssayMark.number)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def unsettled(attempt_id: int) -> Sequence[int]:
    """The positions of an attempt whose written answer waits for a mark."""
    statement = select(AttemptItem.position).where(
        AttemptItem.attempt_id == attempt_id,
        AttemptItem.type.in_(BY_HAND),
        AttemptItem.graded_answer.is_not(None),
        ~is_settled(),
    )
    return db.session.scalars(statement.order_by(AttemptItem.position)).all()


def marked_by_two(actor: Actor) -> dict[tuple[Activity, Item], list[Pair]]:
    """The two marks of answers whose result is decided, by quiz and item, at the actor's places."""
    two = (MarkKind.FIRST, MarkKind.AGREED, MarkKind.DIFFERING)
    statement = (
        _marked(actor)
        .where(Attempt.status == AttemptStatus.HANDED_IN, EssayMark.kind.in_(two))
        .with_only_columns(Activity, Item, ItemVersion, EssayMark)
        .order_by(Activity.id, Item.code, EssayMark.attempt_id, EssayMark.position, EssayMark.number)
    )
    found: dict[tuple[Activity, Item], list[Pair]] = {}
    first: Fraction | None = None
    for quiz, item, version, mark in db.session.execute(statement):
        share = fraction(version.body["rubric"], mark.points)
        if mark.kind is not MarkKind.FIRST and first is not None:
            found.setdefault((quiz, item), []).append(Pair(first, share, mark.kind is MarkKind.AGREED))
        first = share if mark.kind is MarkKind.FIRST else None
    return found


BEING_MARKED: Select[Any] = (
    select(Attempt.person_id, Attempt.quiz_id.label("activity_id"))
    .add_columns(Attempt.handed_in_at.label("since"))
    .where(Attempt.status == AttemptStatus.MARKING)
)
"""Everybody's attempts that wait for a mark."""
