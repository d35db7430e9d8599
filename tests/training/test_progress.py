"""The ledger, the state and the counters kept from it, against a naive count in SQL that shares no code with them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.training.histories import FAILED, PASS_WITHDRAWN, PASSED, START, World, kinds_of_tests
from training.accounts.models import Profession
from training.core import clock
from training.core.db import db, transaction
from training.programmes import services as programmes
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress import rollups, rules, services, states, waivers
from training.progress.models import EnrolmentStep, LedgerLine, Rollup, Standing
from training.progress.outcomes import COMPLETED, REOPENED

NAIVE = """
WITH taken AS (
  SELECT person_id, activity_id, measure, max(CASE WHEN sign = -1 THEN id ELSE 0 END) AS back
  FROM ledger_line GROUP BY person_id, activity_id, measure
), first_again AS (
  SELECT min(l.id) AS id FROM ledger_line l JOIN taken t
    ON t.person_id = l.person_id AND t.activity_id = l.activity_id AND t.measure = l.measure
  WHERE l.sign = 1 AND l.id > t.back GROUP BY l.person_id, l.activity_id, l.measure
)
SELECT l.activity_id, l.measure, coalesce(l.city_code, ''), coalesce(l.base_id, 0), coalesce(l.institution_id, 0),
       l.profession, {month} AS month, count(*)
FROM ledger_line l JOIN first_again f ON f.id = l.id
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
MONTH = {
    "sqlite": "strftime('%Y-%m', l.occurred_at, '+8 hours')",
    "postgresql": "to_char(l.occurred_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
}


@pytest.fixture(autouse=True)
def kinds_of_this_test() -> Iterator[None]:
    yield from kinds_of_tests()


def counters() -> dict[tuple[object, ...], int]:
    rows = db.session.scalars(select(Rollup).where(Rollup.people != 0))
    return {tuple(getattr(row, name) for name in rollups.COLUMNS): row.people for row in rows}


def naive_counters() -> dict[tuple[object, ...], int]:
    statement = NAIVE.format(month=MONTH[db.engine.dialect.name])
    return {tuple(row[:7]): row[7] for row in db.session.execute(text(statement))}


def naive_held(person_id: int, activity_id: int, measure: str) -> bool:
    last = db.session.execute(
        text(
            "SELECT sign FROM ledger_line WHERE person_id = :p AND activity_id = :a AND measure = :m AND sign <> 0 "
            "ORDER BY id DESC LIMIT 1"
        ),
        {"p": person_id, "a": activity_id, "m": measure},
    ).scalar()
    return last == 1


def do_something(world: World, chance: random.Random, number: int) -> None:
    person = chance.choice(world.people)
    act = chance.choice(
        [
            "lesson",
            "lesson",
            "passed",
            "failed",
            "withdraw pass",
            "reopen",
            "enrol",
            "enrol",
            "leave",
            "move",
            "waive",
            "waive",
            "ask again",
        ]
    )
    if act in ("enrol", "leave"):
        cohort = chance.choice(world.cohorts)
        known = db.session.scalar(
            select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.person_id == person.id)
        )
        if act == "enrol" and known is None:
            programmes.enrol(cohort, person, enrolled_by=None)
        elif act == "leave" and known is not None and known.status is EnrolmentStatus.OPEN:
            programmes.withdraw(cohort, known, "调离", withdrawn_by=world.administrator)
    elif act in ("waive", "ask again"):
        waive_or_ask_again(world, chance, act)
    elif act == "move":
        person.institution_id = chance.choice(world.institutions).id
        person.profession = chance.choice(list(Profession))
    else:
        activity, outcome = {
            "lesson": (chance.choice(world.lessons), COMPLETED),
            "reopen": (chance.choice(world.lessons), REOPENED),
            "passed": (world.quiz, PASSED),
            "failed": (world.quiz, FAILED),
            "withdraw pass": (world.quiz, PASS_WITHDRAWN),
        }[act]
        services.record(person.id, activity, outcome, client_key=f"{number}", authority=None)


def waive_or_ask_again(world: World, chance: random.Random, act: str) -> None:
    """Of an enrolment chosen by chance a step that may be waived, or whose waiver may be taken back."""
    open_steps = (Standing.OPEN, Standing.OTHER_WAY)
    statement = (
        select(EnrolmentStep, Enrolment)
        .join(Enrolment, Enrolment.id == EnrolmentStep.enrolment_id)
        .where(
            EnrolmentStep.standing.in_(open_steps) if act == "waive" else EnrolmentStep.standing == Standing.WAIVED,
            Enrolment.status == EnrolmentStatus.OPEN
            if act == "waive"
            else Enrolment.status != EnrolmentStatus.WITHDRAWN,
            Enrolment.person_id != world.administrator.id,
        )
        .order_by(Enrolment.id, EnrolmentStep.position)
    )
    found = db.session.execute(statement).all()
    if found:
        step, enrolment = chance.choice(found)
        if act == "waive":
            waivers.waive(enrolment, step.activity_id, "理由", waived_by=world.administrator)
        else:
            waivers.take_back(enrolment, step.activity_id, "误操作", taken_back_by=world.administrator)


def naive_waived(enrolment: Enrolment, activity_id: int) -> bool:
    last = "SELECT waives FROM waiver WHERE enrolment_id = :e AND activity_id = :a ORDER BY line_id DESC LIMIT 1"
    return bool(db.session.execute(text(last), {"e": enrolment.id, "a": activity_id}).scalar())


def naive_complete(world: World, enrolment: Enrolment) -> bool:
    """What each of the two programmes asks for, written out: both; or the quiz or the other course, and the course."""

    def cleared(activity_id: int) -> bool:
        measure = "passed" if activity_id == world.quiz.id else "completed"
        return naive_held(enrolment.person_id, activity_id, measure) or naive_waived(enrolment, activity_id)

    course, quiz, other = (cleared(one.id) for one in (world.course, world.quiz, world.other_course))
    return course and (quiz or (enrolment.programme_id == world.choice.activity_id and other))


@pytest.mark.parametrize("seed", [1, 2])
def test_state_and_counters_equal_a_naive_count_after_any_history(app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    with app.app_context():
        with transaction(), clock.frozen(START):
            world = World()
        for number in range(120):
            with transaction(), clock.frozen(START + timedelta(hours=7 * number)):
                for one in world.people + world.institutions + world.cohorts:
                    db.session.add(one)
                do_something(world, chance, number)
        with transaction():
            assert counters() == naive_counters()
            for enrolment in db.session.scalars(select(Enrolment)).all():
                assert (enrolment.status is EnrolmentStatus.COMPLETED) == (
                    enrolment.status is not EnrolmentStatus.WITHDRAWN and naive_complete(world, enrolment)
                )
                if enrolment.status is EnrolmentStatus.COMPLETED:
                    assert naive_held(enrolment.person_id, enrolment.programme_id, "completed")
                if enrolment.status is not EnrolmentStatus.WITHDRAWN:
                    for step in db.session.scalars(
                        select(EnrolmentStep).where(EnrolmentStep.enrolment_id == enrolment.id)
                    ):
                        measure = "passed" if step.activity_id == world.quiz.id else "completed"
                        held = naive_held(enrolment.person_id, step.activity_id, measure)
                        assert (step.done_at is not None) == held
            standing = select(Enrolment).where(Enrolment.status != EnrolmentStatus.WITHDRAWN)
            assert sum(states.refresh(one, None) for one in db.session.scalars(standing).all()) == 0
            assert rollups.rebuild() == 0


def test_rebuild_changes_nothing_and_mends_what_was_spoilt(app: Flask) -> None:
    with app.app_context():
        with transaction(), clock.frozen(START):
            world = World()
            programmes.enrol(world.cohorts[0], world.people[1], enrolled_by=None)
            services.record(world.people[1].id, world.lessons[0], COMPLETED, client_key="a", authority=None)
        with transaction():
            enrolment = db.session.scalars(select(Enrolment)).one()
            assert states.refresh(enrolment, None) == 0
            assert rollups.rebuild() == 0
            before = counters()
            db.session.execute(text("UPDATE rollup SET people = people + 5"))
            assert rollups.rebuild() == len(before)
            assert counters() == before


def test_the_same_client_key_twice_is_one_line(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        first = services.record(world.people[0].id, world.quiz, PASSED, client_key="k", authority=None)
        second = services.record(world.people[0].id, world.quiz, PASSED, client_key="k", authority=None)
        assert first.id == second.id
        assert counters() == naive_counters()


def test_the_ledger_refuses_update_and_delete(app: Flask) -> None:
    with app.app_context():
        with transaction():
            world = World()
            services.record(world.people[0].id, world.quiz, PASSED, client_key="k", authority=None)
        for statement in ("UPDATE ledger_line SET sign = 0", "DELETE FROM ledger_line"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(text(statement))
        with transaction():
            assert db.session.scalars(select(LedgerLine)).one().sign == 1


def test_what_was_learnt_before_counts_at_enrolment(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        person = world.people[1]
        for lesson in world.lessons:
            services.record(person.id, lesson, COMPLETED, client_key=f"l{lesson.id}", authority=None)
        services.record(person.id, world.quiz, PASSED, client_key="q", authority=None)
        enrolment = programmes.enrol(world.cohorts[0], person, enrolled_by=None)
        assert enrolment.status is EnrolmentStatus.COMPLETED


def test_a_line_keeps_the_place_and_profession_of_its_moment(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        person = world.people[1]
        programmes.enrol(world.cohorts[0], person, enrolled_by=None)
        line = services.record(person.id, world.quiz, PASSED, client_key="q", authority=None)
        frozen = (line.city_code, line.base_id, line.profession)
        person.institution_id, person.profession = world.institutions[0].id, Profession.VOLUNTEER
        db.session.flush()
        db.session.refresh(line)
        assert (line.city_code, line.base_id, line.profession) == frozen == ("370200", world.bases[0].id, "physician")


def stands(enrolment: Enrolment) -> tuple[str, bool]:
    return enrolment.status.value, enrolment.completed_at is not None


def test_a_lesson_taken_back_opens_its_course_again(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        person = world.people[1]
        enrolment = programmes.enrol(world.cohorts[0], person, enrolled_by=None)
        for key, (activity, outcome) in enumerate([(one, COMPLETED) for one in world.lessons] + [(world.quiz, PASSED)]):
            services.record(person.id, activity, outcome, client_key=f"{key}", authority=None)
        assert stands(enrolment) == ("completed", True)
        services.record(person.id, world.lessons[1], REOPENED, client_key="back", authority=None)
        assert not naive_held(person.id, world.course.id, "completed")
        assert stands(enrolment) == ("open", False)
        services.record(person.id, world.lessons[1], COMPLETED, client_key="again", authority=None)
        assert naive_held(person.id, world.course.id, "completed")
        assert stands(enrolment) == ("completed", True)
        assert counters() == naive_counters()


def test_a_part_that_another_version_adds_takes_nothing_back() -> None:
    def line(number: int, activity: int, sign: int) -> rules.Entry:
        return rules.Entry(number, activity, "", "completed", sign, None, START)

    whole, lines = rules.Reach(2, START), [line(1, 10, 1), line(2, 1, 1)]
    assert not rules.taken_back(lines, whole, {10: "completed", 11: "completed"})
    assert rules.taken_back([*lines, line(3, 10, -1)], whole, {10: "completed"})
    assert not rules.taken_back([*lines, line(3, 10, -1), line(4, 10, 1)], whole, {10: "completed"})
