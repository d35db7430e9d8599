"""Two acts about one person at the same moment wait for each other; neither ends in a deadlock of PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from question_bank.models import Attempt, AttemptStatus
from question_bank.queries import attempts
from question_bank.services import sitting
from tests import world
from training.accounts import queries as accounts
from training.accounts import services
from training.accounts.models import Person
from training.core import clock
from training.core.access import Actor
from training.core.db import db, reading, transaction
from training.places.models import TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment, Programme
from training.progress import commands, rollups
from training.progress.models import LedgerLine, Rollup

pytestmark = pytest.mark.world


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[str]:
    """Do each act in a transaction and a thread of its own; returns the errors."""
    errors: list[str] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            with app.app_context(), transaction():
                act()
        except Exception as error:  # noqa: BLE001 - the test names it
            errors.append(f"{type(error).__name__}: {error}"[:200])

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return errors


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two acts meet where each has written of the person and is about to take the ledger's lock."""
    barrier = threading.Barrier(2)
    lock = services.lock

    def met(person_id: int) -> Person:
        db.session.flush()
        with suppress(threading.BrokenBarrierError):  # on SQLite one writes at a time, and they never meet
            barrier.wait(timeout=1.5)
        return lock(person_id)

    monkeypatch.setattr(services, "lock", met)


def _actor(name: str) -> Actor:
    person = db.session.get_one(Person, world.person_id(name))
    actor = accounts.load_actor(f"{person.id}:{person.stamp}")
    assert actor is not None
    return actor


def _further_cohorts(app: Flask, count: int) -> list[int]:
    with app.app_context(), transaction():
        first = db.session.scalars(select(Cohort).where(Cohort.code == "C-jn")).one()
        base = db.session.get_one(TrainingBase, first.base_id)
        programme = db.session.get_one(Programme, first.programme_id)
        return [
            programmes.open_cohort(
                base,
                programme,
                code=f"L-{number}",
                name=f"班{number}",
                starts_on=clock.today(),
                ends_on=clock.today() + timedelta(days=1),
                opened_by=None,
            ).id
            for number in range(count)
        ]


def _enrol(cohort_id: int, name: str) -> Callable[[], Enrolment]:
    return lambda: programmes.enrol(
        db.session.get_one(Cohort, cohort_id),
        db.session.get_one(Person, world.person_id(name)),
        enrolled_by=_actor("coordinator.jn"),
    )


def test_a_person_enrolled_in_two_cohorts_at_once_is_in_both(app: Flask, meeting: None) -> None:
    one, other = _further_cohorts(app, 2)
    assert at_once(app, _enrol(one, "candidate"), _enrol(other, "candidate")) == []
    with app.app_context(), reading():
        own = select(func.count()).where(Enrolment.person_id == world.person_id("candidate"))
        assert db.session.scalar(own) == 2


def test_handing_in_while_being_enrolled_elsewhere_does_both(app: Flask, meeting: None) -> None:
    (cohort_id,) = _further_cohorts(app, 1)

    def hand_in() -> None:
        actor = _actor("other_trainee.jn")
        attempt_id = db.session.scalars(
            select(Attempt.id).where(Attempt.person_id == actor.id, Attempt.status == AttemptStatus.OPEN)
        ).one()
        sitting.hand_in(attempts.lock(attempt_id, actor.id), by=actor)

    assert at_once(app, hand_in, _enrol(cohort_id, "other_trainee.jn")) == []


def test_rebuilding_beside_a_writer_loses_no_count(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is enrolled after the ledger was counted and before the counters are replaced."""
    (cohort_id,) = _further_cohorts(app, 1)
    with app.app_context(), transaction():
        db.session.execute(delete(Rollup))  # so that there is something to replace
    recount = rollups.recount
    writers: list[threading.Thread] = []
    errors: list[str] = []

    def slow_recount() -> Any:
        counted = recount()
        writer = threading.Thread(target=lambda: errors.extend(at_once(app, _enrol(cohort_id, "candidate"))))
        writer.start()
        writer.join(timeout=2)
        writers.append(writer)
        return counted

    monkeypatch.setattr(rollups, "recount", slow_recount)
    result = app.test_cli_runner().invoke(commands.group, ["rebuild"])
    assert result.exit_code == 0, result.output
    writers[0].join(timeout=30)
    monkeypatch.undo()
    assert errors == []
    with app.app_context(), transaction():
        assert db.session.scalar(select(func.count()).where(LedgerLine.person_id == world.person_id("candidate"))) == 1
        assert rollups.rebuild() == 0
