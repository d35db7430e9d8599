"""A quiz of five items at the first base of the small world, required of its two trainees by a programme of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.models import Item
from question_bank.services import quizzes, sitting
from tests import world
from tests.world_content import approved
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.core import clock
from training.core.access import Actor
from training.core.db import db, reading, transaction
from training.core.scopes import Scope
from training.places.models import TrainingBase
from training.programmes import services as programmes

NOW = datetime.now(UTC).replace(microsecond=0)  # the roles of the small world begin today


def both(text: str) -> dict[str, str]:
    return {"zh": f"中{text}", "en": text}


def option(one: str, text: str | None = None) -> dict[str, Any]:
    return {"id": one, "text": both(text or f"text {one}"), "explanation": both(f"why {one}")}


def a1(key: str = "b", stem: str = "stem") -> dict[str, Any]:
    return {
        "stem": both(stem),
        "options": [option(one) for one in "abcde"],
        "key": [key],
        "explanation": both("because"),
        "source": "",
    }


def x(*key: str) -> dict[str, Any]:
    return {**a1(), "key": list(key)}


def judgement(key: str = "true") -> dict[str, Any]:
    return {**a1(), "options": [option("true"), option("false")], "key": [key]}


BODIES = [("A1", a1("b")), ("A1", a1("c")), ("X", x("a", "d")), ("judgement", judgement("false")), ("A1", a1("e"))]


@dataclass
class Bench:
    """What a test needs by name."""

    app: Flask
    quiz_id: int
    item_ids: list[int]
    people: dict[str, Person]

    def actor(self, name: str) -> Actor:
        person = self.people[name]
        found = accounts.load_actor(f"{person.id}:{person.stamp}")
        assert found is not None
        return found

    @property
    def trainee(self) -> Person:
        return self.people["trainee.jn"]

    def start(self, name: str = "trainee.jn", seed: int = 7) -> int:
        """Start an attempt and return its id."""
        with self.writing():
            return sitting.start(self.quiz_id, self.people[name], seed=seed).id

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self.app.app_context(), transaction():
            yield

    @contextmanager
    def looking(self) -> Iterator[None]:
        with self.app.app_context(), reading():
            yield


def build(app: Flask, bodies: Sequence[tuple[str, dict[str, Any]]] = (), **rules: Any) -> Bench:
    """Add the items, the quiz, a programme, a cohort; enrol both trainees of the first base."""
    people = world.people(app)
    bench = Bench(app, 0, [], people)
    with bench.writing(), clock.frozen(NOW):
        base = db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-jn")).one()
        scope = db.session.get_one(Scope, base.scope_id)
        written: list[Item] = [
            approved(scope, f"T-{number}", name, body, None, bench.actor("reviewer.jn"))
            for number, (name, body) in enumerate(bodies or BODIES, start=1)
        ]
        given = {"time_limit_minutes": 20, "pass_percent": 60, "attempts_allowed": 2, "resit_wait_hours": 0} | rules
        quiz = quizzes.add_quiz(
            scope,
            quizzes.Titles("小测验", "Little quiz"),
            quizzes.Rules(**given),
            [(one, 2 if one.type == "X" else 1) for one in written],
            added_by=None,
        )
        coordinator = bench.actor("coordinator.jn")
        programme = programmes.add_programme(
            code="Q", title_zh="题库项目", title_en="Quiz only", scope_id=scope.id, requires=[quiz], valid_months=12
        )
        cohort = programmes.open_cohort(
            base,
            programme,
            code="Q-1",
            name="测验班",
            starts_on=NOW.date(),
            ends_on=NOW.date() + timedelta(days=30),
            opened_by=coordinator,
        )
        for name in ("trainee.jn", "other_trainee.jn"):
            programmes.enrol(cohort, people[name], enrolled_by=coordinator)
        bench.quiz_id, bench.item_ids = quiz.id, [one.id for one in written]
    return bench


@pytest.fixture
def bench(app: Flask) -> Bench:
    return build(app)


@pytest.fixture
def make_bench(app: Flask) -> Callable[..., Bench]:
    return lambda **rules: build(app, **rules)


@pytest.fixture
def at() -> Iterator[Callable[[timedelta], None]]:
    """Stop the clock at `NOW`, and move it."""
    token = clock._frozen.set(NOW)

    def move(by: timedelta) -> None:
        clock._frozen.set(NOW + by)

    yield move
    clock._frozen.reset(token)
