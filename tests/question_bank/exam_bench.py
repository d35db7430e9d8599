"""An exam session of the bench's quiz: set, entered, acted upon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from question_bank.exams import services
from question_bank.exams.queries import sessions as queries
from question_bank.models import Attempt
from question_bank.queries import attempts
from tests.client import CheckingClient
from tests.question_bank.conftest import NOW, Bench
from training.core.db import db
from training.core.scopes import Scope
from training.places.models import TrainingBase

As = Callable[..., CheckingClient]
Move = Callable[[timedelta], None]
MINUTE = timedelta(minutes=1)
JSON = {"Accept": "application/json"}
ENTRY = {"code": "ward7", "honour": "y"}


def terms(**changed: Any) -> services.Terms:
    """Opens in ten minutes for an hour, lets people in for fifteen; a code, the statement, results at once."""
    values: dict[str, Any] = {
        "name": "结业考试 第一场",
        "opens_at": NOW + 10 * MINUTE,
        "closes_at": NOW + 70 * MINUTE,
        "late_minutes": 15,
        "code": "WARD7",
    }
    return services.Terms(**(values | changed))


def supervised(make_bench: Callable[..., Bench]) -> Bench:
    """A supervised quiz of twenty minutes."""
    return make_bench(supervised=True)


def set_session(bench: Bench, *admitted: str, **changed: Any) -> int:
    """A session at the first base; returns its id."""
    with bench.writing():
        base = db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-jn")).one()
        quiz, _rules, _items = attempts.quiz_for(bench.trainee.id, bench.quiz_id)
        session = services.add_session(
            quiz, db.session.get_one(Scope, base.scope_id), terms(**changed), added_by=bench.actor("coordinator.jn")
        )
        services.admit(session, [bench.people[name].id for name in admitted or ("trainee.jn", "other_trainee.jn")])
        return session.id


def begin(client: CheckingClient, bench: Bench, **said: str) -> Any:
    return client.post(f"/quiz/{bench.quiz_id}/start", data=ENTRY | said)


def attempt_of(bench: Bench, name: str = "trainee.jn") -> Attempt:
    with bench.looking():
        own = select(Attempt).where(Attempt.person_id == bench.people[name].id, Attempt.quiz_id == bench.quiz_id)
        return db.session.scalars(own.order_by(Attempt.id.desc()).limit(1)).one()


def kinds(bench: Bench, attempt_id: int) -> list[str]:
    with bench.looking():
        return [one.kind.value for one, _name in queries.events_of(attempt_id)]


def act(bench: Bench, as_: As, path: str, name: str = "coordinator.jn", **data: Any) -> Any:
    return as_(bench.people[name], "en").post(f"/exams/{path}", data=data)
