"""Rulings at the same moment as other acts: decided once, carried out once, and nobody is marked by what was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from question_bank.models import Attempt, AttemptItem, AttemptStatus
from question_bank.queries import attempts
from question_bank.regrading import queries, tasks
from question_bank.regrading.models import Ruling, RulingStatus
from question_bank.regrading.rules import Ruled
from question_bank.services import finishing
from tests.question_bank import rulings
from tests.question_bank.conftest import NOW, Bench
from tests.question_bank.test_changes_races import at_once
from tests.question_bank.test_regrading import RIGHT, require_ledger, sit, state
from training.core.db import db
from training.core.errors import Conflict

pytestmark = pytest.mark.world


def test_two_people_who_decide_at_once_make_one_ruling(bench: Bench) -> None:
    sit(bench, **RIGHT)
    names = ("instructor.jn", "reviewer.jn")
    drafts = [rulings.drafted(bench, Ruled.DROPPED, 2, name=name) for name in names]

    def deciding(place: int) -> Callable[[], Any]:
        return lambda: rulings.decide(bench, drafts[place], names[place], work=False)

    results = at_once(deciding(0), deciding(1), deciding(0))
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Conflict) for one in refused), results
    with bench.looking():
        decided = select(Ruling.id).where(Ruling.quiz_id == bench.quiz_id, Ruling.status != RulingStatus.DRAFTED)
        assert len(db.session.scalars(decided).all()) == 1


def test_two_workers_at_once_change_each_attempt_once(bench: Bench) -> None:
    ids = rulings.sat_by_many(bench, people=10, attempts=2)
    ruling = rulings.drafted(bench, Ruled.DROPPED, 2)
    rulings.decide(bench, ruling, work=False)

    def work() -> None:
        with bench.app.app_context():
            tasks.work(ruling)

    assert at_once(work, work) == [None, None]
    with bench.looking():
        assert queries.count_lines(ruling) == len(ids)
    require_ledger(bench)


def test_who_is_finished_while_it_is_decided_is_marked_by_it(bench: Bench) -> None:
    ids = rulings.sat_by_many(bench, people=8, attempts=1, finish=1)
    ruling = rulings.drafted(bench, Ruled.DROPPED, 2)

    def finishing_one(attempt_id: int) -> Callable[[], None]:
        def finish() -> None:
            with bench.writing():
                finishing.finish(attempts.lock(attempt_id), authority=None, decided_at=NOW)

        return finish

    acts = [finishing_one(one) for one in ids[1:]]
    results = at_once(*acts[:4], lambda: rulings.decide(bench, ruling, work=False), *acts[4:])
    assert [one for one in results if isinstance(one, Exception)] == []
    with bench.app.app_context():
        tasks.work(ruling)
    for _person, score, passed, items in state(bench).values():
        given = {position: one[0] for position, one in items.items()}
        assert (score, passed) == rulings.naive(given, rulings.KEYS, dropped={2})
        assert items[3][1] is None
    with bench.looking():
        waiting = select(AttemptItem.attempt_id).join(Attempt).where(Attempt.status == AttemptStatus.MARKING)
        assert db.session.scalars(waiting.where(Attempt.quiz_id == bench.quiz_id)).all() == []
    require_ledger(bench)
