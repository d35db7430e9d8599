"""A quiz with essays, sat and marked: what the tests of marking share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from question_bank.marking import queries as marking
from question_bank.marking import services
from question_bank.marking.models import EssayMark
from question_bank.marking.services import Given
from question_bank.models import Attempt
from question_bank.queries import attempts as queries
from question_bank.services import answers, sitting
from tests.question_bank.conftest import Bench, a1, both
from training.core.db import db
from training.progress.models import LedgerLine

RUBRIC = [
    {"id": "a", "text": both("names the drug"), "points": 3},
    {"id": "b", "text": both("says why"), "points": 1},
]


def essay(stem: str) -> dict[str, Any]:
    return {
        "stem": both(stem),
        "rubric": RUBRIC,
        "longest": 500,
        "explanation": both("a model answer"),
        "source": "",
    }


ONE = [("A1", a1("b", "chosen")), ("essay", essay("first essay"))]
TWO = [*ONE, ("essay", essay("second essay"))]


def sit(bench: Bench, *written: str, name: str = "trainee.jn", hands_in: bool = True) -> int:
    """Choose rightly, write those texts, hand in; returns the attempt's id."""
    attempt_id = bench.start(name)
    with bench.writing():
        person = bench.people[name]
        answers.save(attempt_id, {1: answers.Given(["b"])}, person_id=person.id)
        for position, text in enumerate(written, start=2):
            answers.save(attempt_id, {position: answers.Given([text])}, person_id=person.id)
        if hands_in:
            sitting.hand_in(queries.lock(attempt_id), by=person)
    return attempt_id


def mark(
    bench: Bench,
    attempt_id: int,
    position: int = 2,
    given: Given | None = None,
    *,
    by: str = "instructor.jn",
) -> None:
    """Mark an answer that nobody has marked before, fully by default."""
    with bench.writing():
        actor = bench.actor(by)
        found = marking.answer_visible_to(actor, attempt_id, position, lock=True)
        services.mark(found, given or Given({"a": 3, "b": 1}), seen=0, marked_by=actor)


def attempt(bench: Bench, attempt_id: int) -> Attempt:
    with bench.looking():
        return db.session.get_one(Attempt, attempt_id)


def lines(bench: Bench) -> list[LedgerLine]:
    with bench.looking():
        statement = select(LedgerLine).where(LedgerLine.activity_id == bench.quiz_id).order_by(LedgerLine.id)
        return list(db.session.scalars(statement))


def marks(bench: Bench) -> list[EssayMark]:
    with bench.looking():
        own = select(Attempt.id).where(Attempt.quiz_id == bench.quiz_id)
        order = (EssayMark.attempt_id, EssayMark.position, EssayMark.number)
        return list(db.session.scalars(select(EssayMark).where(EssayMark.attempt_id.in_(own)).order_by(*order)))


def points(a: int, b: int, seen: int = 0, **more: Any) -> dict[str, Any]:
    return {"points_a": str(a), "points_b": str(b), "seen": str(seen), **more}
