"""A requirement waived for one enrolment: a line of its own, no completion, and nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.training.histories import PASSED, World, kinds_of_tests
from training.core import clock
from training.core.access import Actor, Grant, Role
from training.core.db import db, transaction
from training.core.errors import Conflict, Invalid, NotAllowed, NotFound
from training.programmes import services as programmes
from training.programmes.models import Enrolment
from training.progress import queries, rollups, services, states, waivers, words
from training.progress.models import LedgerLine, Rollup


@pytest.fixture(autouse=True)
def kinds_of_this_test() -> Iterator[None]:
    yield from kinds_of_tests()


def enrolled(world: World) -> Enrolment:
    return programmes.enrol(world.cohorts[0], world.people[1], enrolled_by=None)


def people(activity_id: int, measure: str) -> int:
    found = select(Rollup.people).where(Rollup.activity_id == activity_id, Rollup.measure == measure)
    return sum(db.session.scalars(found))


def test_a_waiver_clears_the_hurdle_there_alone_and_is_no_completion(app: Flask) -> None:
    with app.test_request_context(), transaction(), clock.frozen(clock.now()):
        world = World()
        enrolment = enrolled(world)
        other = programmes.add_programme(
            code="O",
            title_zh="另",
            title_en="Other",
            scope_id=world.course.scope_id,
            requires=[world.course],
            valid_months=0,
        )
        cohort = programmes.open_cohort(
            world.bases[0], other, code="o", name="o", starts_on=clock.today(), ends_on=clock.today(), opened_by=None
        )
        elsewhere = programmes.enrol(cohort, world.people[1], enrolled_by=None)
        services.record(world.people[1].id, world.quiz, PASSED, client_key="q", authority=None)
        line = waivers.waive(enrolment, world.course.id, "已有同等学习经历", waived_by=world.administrator)
        assert (line.outcome, line.authority_id) == ("training:waived", world.administrator.id)
        assert (enrolment.status.value, enrolment.hurdles_done) == ("completed", 2)
        assert (elsewhere.status.value, elsewhere.hurdles_done) == ("open", 0)
        assert people(world.course.id, "waived") == 1
        assert people(world.course.id, "completed") == 0
        steps = queries.steps_of([enrolment.id])[enrolment.id]
        view = words.path(steps)[0]
        assert view.state == "waived"
        assert "已有同等学习经历" in view.words
        assert world.people[0].name in view.words
        assert states.refresh(enrolment, None) == states.refresh(elsewhere, None) == rollups.rebuild() == 0


def test_taken_back_it_is_a_new_line_and_the_step_is_open_again(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        enrolment, by = enrolled(world), world.administrator
        services.record(world.people[1].id, world.quiz, PASSED, client_key="q", authority=None)
        for _ in range(2):
            waivers.waive(enrolment, world.course.id, "理由", waived_by=by)
            assert enrolment.status.value == "completed"
            with pytest.raises(Conflict):
                waivers.waive(enrolment, world.course.id, "理由", waived_by=by)
            waivers.take_back(enrolment, world.course.id, "误操作", taken_back_by=by)
            assert (enrolment.status.value, enrolment.hurdles_done) == ("open", 1)
            assert people(world.course.id, "waived") == 0
        with pytest.raises(Conflict):
            waivers.take_back(enrolment, world.course.id, "误操作", taken_back_by=by)
        assert len(db.session.scalars(select(LedgerLine).where(LedgerLine.measure == "waived")).all()) == 4
        assert states.refresh(enrolment, None) == rollups.rebuild() == 0


def test_of_two_waivers_one_taken_back_leaves_the_person_counted(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        first, by = enrolled(world), world.administrator
        second = programmes.enrol(world.cohorts[2], world.people[1], enrolled_by=None)
        for one in (first, second):
            waivers.waive(one, world.course.id, "理由", waived_by=by)
        waivers.take_back(first, world.course.id, "误操作", taken_back_by=by)
        assert people(world.course.id, "waived") == 1
        assert (first.hurdles_done, second.hurdles_done) == (0, 1)
        waivers.take_back(second, world.course.id, "误操作", taken_back_by=by)
        assert people(world.course.id, "waived") == rollups.rebuild() == 0


def test_a_waiver_asks_for_reason_permission_and_a_requirement(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        enrolment, by = enrolled(world), world.administrator
        with pytest.raises(Invalid):
            waivers.waive(enrolment, world.course.id, "  ", waived_by=by)
        with pytest.raises(NotFound):
            waivers.waive(enrolment, world.lessons[0].id, "理由", waived_by=by)
        with pytest.raises(NotAllowed):
            stranger = Actor(by.id, "s", (Grant(Role.COORDINATOR, 99, "/99/"),))
            waivers.waive(enrolment, world.course.id, "理由", waived_by=stranger)
        with pytest.raises(Conflict):
            own = Actor(world.people[1].id, "o", (Grant(Role.COORDINATOR, 1, "/"),))
            waivers.waive(enrolment, world.course.id, "理由", waived_by=own)
        services.record(world.people[1].id, world.quiz, PASSED, client_key="q", authority=None)
        with pytest.raises(Conflict):
            waivers.waive(enrolment, world.quiz.id, "理由", waived_by=by)
