"""Reading a person's own attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, bindparam, func, select

from question_bank.blueprints import queries as blueprints
from question_bank.models import (
    AnswerEvent,
    Attempt,
    AttemptItem,
    AttemptStatus,
    Quiz,
    QuizItem,
    QuizVersion,
)
from question_bank.queries import bodies
from training.activities.models import Activity
from training.core.db import connection, db
from training.core.errors import NotFound
from training.programmes import queries as programmes


def visible_attempts(person_id: Any) -> Select[Any]:
    """A select of the attempts that a person may see: their own, which they have begun."""
    return select(Attempt).where(Attempt.person_id == person_id, Attempt.status != AttemptStatus.READY)


# Built once: putting a statement together costs more than running it, and these are asked by thousands in one minute.
ATTEMPT = (
    visible_attempts(bindparam("of_person"))
    .add_columns(Activity, QuizVersion, Quiz.ruled)
    .join(Activity, Activity.id == Attempt.quiz_id)
    .join(Quiz, Quiz.activity_id == Attempt.quiz_id)
    .join(QuizVersion, and_(QuizVersion.quiz_id == Attempt.quiz_id, QuizVersion.version == Attempt.quiz_version))
    .where(Attempt.id == bindparam("of_attempt"))
)
RULES = select(QuizVersion).where(
    QuizVersion.quiz_id == bindparam("of_activity"),
    QuizVersion.version == programmes.PINNED_VERSION.scalar_subquery(),
)
_own = (QuizItem.quiz_id == QuizVersion.quiz_id, QuizItem.version == QuizVersion.version)
_fixed = select(func.count()).select_from(QuizItem).where(*_own).correlate(QuizVersion).scalar_subquery()
QUIZ = RULES.with_only_columns(
    Activity, QuizVersion, _fixed + blueprints.drawn_items(QuizVersion.quiz_id, QuizVersion.version)
).join(Activity, Activity.id == QuizVersion.quiz_id)
# Rows and not objects: a paper is read more often than anything else, and nobody changes what was read.
PAPER = (
    select(*AttemptItem.__table__.c)
    .where(AttemptItem.attempt_id == bindparam("of_attempt"))
    .order_by(AttemptItem.position)
)
_newest = select(func.max(AnswerEvent.receipt)).where(AnswerEvent.attempt_id == bindparam("of_attempt"))
ANSWERS = select(*AnswerEvent.__table__.c).where(
    AnswerEvent.attempt_id == bindparam("of_attempt"), AnswerEvent.receipt.in_(_newest.group_by(AnswerEvent.position))
)


def attempt_of(person_id: int, attempt_id: int) -> tuple[Attempt, Activity, QuizVersion, bool]:
    """An attempt of that person with its quiz, the rules of its version, and whether there are rulings on the quiz.

    Raises `NotFound` for a stranger's.
    """
    row = db.session.execute(ATTEMPT, {"of_person": person_id, "of_attempt": attempt_id}).one_or_none()
    if row is None:
        raise NotFound(_("There is no such attempt of yours."))
    return row[0], row[1], row[2], row[3]


_mine = visible_attempts(bindparam("of_person")).where(Attempt.id == bindparam("of_attempt"))
MINE_LOCKED = _mine.with_for_update(key_share=True)
LOCKED = select(Attempt).where(Attempt.id == bindparam("of_attempt")).with_for_update(key_share=True)
BEGUN = visible_attempts(bindparam("of_person")).where(Attempt.quiz_id == bindparam("of_quiz")).order_by(Attempt.number)
WITH_DRAWN = (
    select(Attempt)
    .where(Attempt.person_id == bindparam("of_person"), Attempt.quiz_id == bindparam("of_quiz"))
    .order_by(Attempt.number)
    .with_for_update(key_share=True)
)


def lock(attempt_id: int, person_id: int | None = None) -> Attempt:
    """The attempt, kept from other writers until the transaction ends; of that person, if one is named.

    Raises `NotFound`.
    """
    asked = {"of_attempt": attempt_id} if person_id is None else {"of_attempt": attempt_id, "of_person": person_id}
    attempt: Attempt | None = db.session.scalar(LOCKED if person_id is None else MINE_LOCKED, asked)
    if attempt is None:
        raise NotFound(_("There is no such attempt of yours."))
    return attempt


def attempts_at(person_id: int, quiz_id: int) -> Sequence[Attempt]:
    """The attempts at a quiz that the person has begun, in order."""
    return db.session.scalars(BEGUN, {"of_person": person_id, "of_quiz": quiz_id}).all()


def lock_attempts_at(person_id: int, quiz_id: int) -> tuple[list[Attempt], Attempt | None]:
    """The same, kept from other writers until the transaction ends, and the paper that was drawn ahead, if any."""
    every = db.session.scalars(WITH_DRAWN, {"of_person": person_id, "of_quiz": quiz_id}).all()
    drawn = next((one for one in every if one.status is AttemptStatus.READY), None)
    return [one for one in every if one is not drawn], drawn


def quiz_for(person_id: int, quiz_id: int) -> tuple[Activity, QuizVersion, int]:
    """The quiz as the person's enrolment pins it, with its rules and the number of its items.

    Raises `NotFound` when none of the person's enrolments requires it.
    """
    row = db.session.execute(QUIZ, {"of_person": person_id, "of_activity": quiz_id}).one_or_none()
    if row is None:
        raise _not_required()
    return row[0], row[1], row[2]


def rules_for(person_id: int, quiz_id: int) -> QuizVersion:
    """The rules alone; raises `NotFound` as above."""
    rules: QuizVersion | None = db.session.scalar(RULES, {"of_person": person_id, "of_activity": quiz_id})
    if rules is None:
        raise _not_required()
    return rules


def _not_required() -> NotFound:
    return NotFound(_("This quiz is not part of a programme you are enrolled in."))


def paper_of(attempt: Attempt) -> list[tuple[Any, Mapping[str, Any]]]:
    """The items of an attempt in the order shown: rows of `attempt_item`, each with what its version says."""
    rows = connection().execute(PAPER, {"of_attempt": attempt.id}).all()
    said = bodies.of([row.item_version_id for row in rows])
    return [(row, said[row.item_version_id]) for row in rows]


def answers_in(attempt: Attempt) -> dict[int, Any]:
    """The newest answer of each position that has one: rows of `answer_event`."""
    return {row.position: row for row in connection().execute(ANSWERS, {"of_attempt": attempt.id})}


def due(now: datetime, limit: int = 500) -> Sequence[int]:
    """The ids of open attempts whose time is over, longest first; nobody's is over in a pause."""
    statement = select(Attempt.id).where(
        Attempt.status == AttemptStatus.OPEN, Attempt.deadline <= now, Attempt.paused_at.is_(None)
    )
    return db.session.scalars(statement.order_by(Attempt.deadline).limit(limit)).all()
