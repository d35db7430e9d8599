"""What examinations add to the small world: a supervised quiz at each place and a session of it, set for tomorrow."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from question_bank.exams import noting
from question_bank.exams import services as exams
from question_bank.exams.models import EventKind, ExamCandidate, ExamSession
from question_bank.models import Attempt, Item, QuizVersion
from question_bank.rechecks.models import Recheck
from question_bank.services import quizzes
from training.core import clock
from training.core.db import db
from training.core.scopes import Scope

if TYPE_CHECKING:
    from tests.world import Making

ESSAY: dict[str, Any] = {
    "stem": {"zh": "怎样向家属说明不再输液？", "en": "How do you tell the family that no more drips will be given?"},
    "rubric": [
        {"id": "1", "text": {"zh": "先问家属的理解", "en": "Asks first what they understand"}, "points": 2},
        {"id": "2", "text": {"zh": "说明口腔护理", "en": "Explains mouth care"}, "points": 1},
    ],
    "longest": 500,
    "source": "",
}


def set_examination(making: Making, place: str, scope: Scope, item: Item) -> None:
    """A supervised quiz that no programme requires, and a session of it that admits the trainees of the place."""
    rules = quizzes.Rules(30, 60, 1, 0, supervised=True)
    quiz = quizzes.add_quiz(scope, quizzes.Titles(f"监考{place}", f"Exam {place}"), rules, [(item, 1)], added_by=None)
    opens = clock.now() + timedelta(days=1)
    terms = exams.Terms(f"第一场{place}", opens, opens + timedelta(hours=2), 30, code="WORLD", held=True)
    session = exams.add_session(quiz, scope, terms, added_by=making.actor(f"coordinator.{place}"))
    people = [making.people[f"{name}.{place}"] for name in ("trainee", "other_trainee")]
    db.session.add_all(ExamCandidate(session_id=session.id, person_id=one.id) for one in people)  # and nobody is told
    db.session.flush()


def leave(attempt_id: int) -> None:
    """Somebody left the page of their paper."""
    noting.note([attempt_id], EventKind.LEFT)


def ask_for_check(attempt: Attempt) -> None:
    """Somebody asks for a check of their mark; the row alone, for what is open to everybody is not checked."""
    db.session.flush()
    db.session.add(
        Recheck(
            attempt_id=attempt.id,
            positions=[1],
            reason="第 1 题好像没有计分。",
            asked_at=clock.now(),
            score_before=attempt.score_percent,
            passed_before=attempt.passed,
        )
    )
    db.session.flush()


def rechecks(place: str) -> list[Any]:
    """The attempts of a place whose mark is to be checked."""
    from tests.world import person_id

    own = select(Recheck.attempt_id).join(Attempt, Attempt.id == Recheck.attempt_id)
    return list(db.session.scalars(own.where(Attempt.person_id == person_id(f"trainee.{place}"))))


def sessions(place: str) -> list[Any]:
    """The ids of the sessions of a place."""
    return list(db.session.scalars(select(ExamSession.id).where(ExamSession.name == f"第一场{place}")))


def unsupervised(quiz_ids: list[Any]) -> list[Any]:
    """Those of the quizzes that the programme of their place requires: the supervised one stands apart."""
    supervised = set(db.session.scalars(select(QuizVersion.quiz_id).where(QuizVersion.supervised)))
    return [one for one in quiz_ids if one not in supervised]
