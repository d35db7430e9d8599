"""Two people, or one person twice, do the same at the same moment: one does it, the other hears a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from question_bank.models import Attempt
from tests import world
from tests.answering import line
from tests.faults import sitting
from tests.faults.servers import Answer, Server, at_once, visitor
from tests.faults.sitting import Paper
from training.core.db import db, reading
from training.programmes.models import Cohort, Enrolment
from training.progress.models import LedgerLine


def count(app: Flask, statement: object) -> int:
    """A figure out of the database."""
    with app.app_context(), reading():
        return int(db.session.scalar(statement) or 0)  # type: ignore[call-overload]


@pytest.mark.world
def test_two_coordinators_enrol_the_same_person_at_once(app: Flask, server: Server) -> None:
    people = world.people(app)
    with app.app_context(), reading():
        cohort_id = db.session.scalars(select(Cohort.id).where(Cohort.code == "C-jn")).one()
    someone = visitor(app, people["coordinator.jn"])
    for name in ("candidate", "nobody", "officer", "instructor.jn", "administrator"):
        data = {"person_id": people[name].id}

        def enrol(data: dict[str, int] = data) -> Answer:
            return someone.post(server, f"/cohorts/{cohort_id}/enrol", data)

        first, second = at_once(enrol, enrol)
        assert sorted((first.status, second.status)) == [302, 409], (first, second)
        refused = next(one for one in (first, second) if one.status == 409)
        assert "already" in refused.body or "a moment ago" in refused.body
        own = select(func.count()).where(Enrolment.person_id == people[name].id)
        assert count(app, own) == 1


@pytest.mark.world
def test_answers_hand_ins_and_starts_sent_twice_at_once_count_once(app: Flask, server: Server) -> None:
    paper = sitting.open_paper(app)

    def saving(position: int, option: str) -> Callable[[], Answer]:
        after = sitting.seen(app, paper.attempt_id, position)
        return lambda: paper.send(server, position, option, after)

    for position, options in paper.options.items():
        given = sitting.saved(app, paper.attempt_id).values()
        new = [one for one in options if (position, [one]) not in given][:2]
        kept, refused = sorted(at_once(*[saving(position, one) for one in new]), key=lambda answer: answer.status)
        assert (kept.status, refused.status) == (200, 409), "of two who saw the same, the second overwrites nothing"
        assert line(refused.json(), position)["receipt"] == line(kept.json(), position)["receipt"]
    before = len(sitting.saved(app, paper.attempt_id))
    position, options = next(iter(paper.options.items()))
    third = next(one for one in options if one != sitting.current(app, paper.attempt_id, position)[0])
    same = at_once(*[saving(position, third)] * 4)
    assert {one.status for one in same} == {200}
    assert len({line(one.json(), position)["receipt"] for one in same}) == 1
    assert len(sitting.saved(app, paper.attempt_id)) == before + 1
    for position, option in paper.wrong.items():  # so that a resit is possible
        assert saving(position, option)().status == 200
    _hand_in_twice(app, server, paper)


def _hand_in_twice(app: Flask, server: Server, paper: Paper) -> None:
    """Handing in counts once, and one resit begins, however often both are asked for."""
    path = f"/quiz/attempts/{paper.attempt_id}/hand-in"
    answers = at_once(*[lambda: paper.who.post(server, path, {})] * 3)
    assert {one.status for one in answers} == {302}, answers
    line = select(func.count()).where(LedgerLine.client_key == f"attempt:{paper.attempt_id}")
    assert count(app, line) == 1
    answers = at_once(*[lambda: paper.who.post(server, f"/quiz/{paper.quiz_id}/start", {})] * 3)
    assert len({one.location for one in answers}) == 1, answers
    person_id = world.people(app)[sitting.WHO].id
    assert count(app, select(func.count()).where(Attempt.person_id == person_id)) == 2
