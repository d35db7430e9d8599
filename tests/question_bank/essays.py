"""A quiz with essays, sat and marked: what the tests of marking share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from question_bank.marking import queries as marking
from question_bank.marking import services
from question_bank.marking.models import EssayMark
from question_bank.marking.services import Given
from question_bank.models import Attempt, AttemptItem, AttemptStatus, HandedInBy
from question_bank.queries import attempts as queries
from question_bank.services import answers, sitting
from tests.question_bank.conftest import NOW, Bench, a1, both
from tests.question_bank.rulings import new_person, versions_of
from training.accounts import services as accounts
from training.accounts.models import Person
from training.core.access import Role
from training.core.db import db
from training.core.scopes import Scope
from training.places.models import TrainingBase
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
    seen: int = 0,
) -> None:
    """Mark an answer that this person has not marked before, fully by default."""
    with bench.writing():
        actor = bench.actor(by)
        found = marking.answer_visible_to(actor, attempt_id, position, lock=True)
        services.mark(found, given or Given({"a": 3, "b": 1}), seen=seen, marked_by=actor)


def add_marker(bench: Bench, name: str = "nobody") -> None:
    """Let one more person mark at the place of the quiz."""
    with bench.writing():
        base = db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-jn")).one()
        person = db.session.get_one(Person, bench.people[name].id)
        accounts.add_grant(person, Role.INSTRUCTOR, db.session.get_one(Scope, base.scope_id), granted_by=None)


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


def written_by_many(bench: Bench, people: int) -> list[int]:
    """Let so many new people hand in their essay at once; the ids of the attempts, which wait for a mark."""
    with bench.writing():
        made = [new_person(number) for number in range(people)]
        versions = versions_of(bench)
        first = (db.session.scalar(select(Attempt.id).order_by(Attempt.id.desc()).limit(1)) or 0) + 1
        closed = {"status": AttemptStatus.MARKING, "handed_in_at": NOW, "handed_in_by": HandedInBy.PERSON}
        sat = {"quiz_id": bench.quiz_id, "quiz_version": 1, "number": 1, "seed": 1, "started_at": NOW, "deadline": NOW}
        attempts: list[dict[str, Any]] = [
            {"id": first + place, "person_id": one.id} | sat | closed for place, one in enumerate(made)
        ]
        db.session.execute(insert(Attempt), attempts)
        chosen = {"position": 1, "type": "A1", "item_version_id": versions[0], "option_order": list("abcde")}
        written = {"position": 2, "type": "essay", "item_version_id": versions[1], "option_order": ["500"]}
        for item, answer in ((chosen, ["b"]), (written, ["words"])):
            rows = [item | {"attempt_id": one["id"], "points": 1, "graded_answer": answer} for one in attempts]
            db.session.execute(insert(AttemptItem), rows)
    return [first + place for place in range(people)]
