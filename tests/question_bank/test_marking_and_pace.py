"""A quiz that is handed in and being marked is no step left undone: pace, reminders, the coordinator's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from question_bank.marking.services import Given
from question_bank.models import Attempt
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank.conftest import NOW, Bench, build
from tests.question_bank.essays import ONE, mark, sit
from training.core.db import db
from training.messages.models import InboxEntry, Message
from training.programmes.models import Cohort, Enrolment
from training.progress import reminders, roll
from training.progress.pace import Pace

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


@pytest.fixture
def one(app: Flask) -> Bench:
    """A cohort of 100 days that began 95 days ago; its programme is a quiz with an essay."""
    bench = build(app, ONE, shuffle_items=False)
    with bench.writing():
        cohort = db.session.scalars(select(Cohort).where(Cohort.code == "Q-1")).one()
        cohort.starts_on = (NOW - timedelta(days=95)).date()
        cohort.ends_on = (NOW + timedelta(days=4)).date()
        days = {"enrolled_at": NOW - timedelta(days=95)}
        db.session.execute(update(Enrolment).where(Enrolment.cohort_id == cohort.id).values(**days))
    return bench


def cohort_of(bench: Bench) -> int:
    with bench.looking():
        return db.session.scalars(select(Cohort.id).where(Cohort.code == "Q-1")).one()


def paces(bench: Bench) -> dict[str, Pace | None]:
    cohort_id = cohort_of(bench)
    with bench.looking():
        by_person = {line.person_id: line.pace for line in roll.lines(Enrolment.cohort_id == cohort_id)}
    return {name: by_person[bench.people[name].id] for name in ("trainee.jn", "other_trainee.jn")}


def remind(bench: Bench, at: Callable[[timedelta], None]) -> list[int]:
    """Whom the next morning's reminders reach in this cohort."""
    local = (NOW + timedelta(hours=8)).replace(hour=9, minute=0, second=0)
    at(local - timedelta(hours=8) + timedelta(days=1) - NOW)
    with bench.app.app_context():
        reminders.remind()
    with bench.looking():
        key = Message.key.startswith(
            f"reminder:{db.session.scalars(select(Cohort.id).where(Cohort.code == 'Q-1')).one()}:"
        )
        return list(db.session.scalars(select(InboxEntry.person_id).join(Message).where(key)))


def test_who_handed_in_does_not_fall_behind_and_who_did_not_does(one: Bench) -> None:
    sit(one, "my own words")
    assert paces(one) == {"trainee.jn": None, "other_trainee.jn": Pace.DEADLINE}


def test_nobody_is_reminded_of_what_they_have_handed_in(one: Bench, at: Callable[[timedelta], None]) -> None:
    sit(one, "my own words")
    assert remind(one, at) == [one.people["other_trainee.jn"].id]


def test_a_mark_that_fails_makes_it_a_step_again(one: Bench) -> None:
    mark(one, sit(one, "words"), given=Given({"a": 0, "b": 0}))
    assert paces(one)["trainee.jn"] is Pace.DEADLINE


def test_the_coordinators_pages_say_that_it_is_being_marked(one: Bench, as_: As) -> None:
    cohort_id = cohort_of(one)
    coordinator = as_(one.people["coordinator.jn"], "en")
    page = f"/cohorts/{cohort_id}"
    with counting(one.app) as before:
        assert "it is being marked" not in main_text(coordinator.get(page))
    attempt_id = sit(one, "my own words")
    with counting(one.app, exactly=len(before)):
        told = main_text(coordinator.get(page))
    assert "it is being marked" in told
    assert told.count("Not sat yet") == 1, "the other trainee's"
    assert one.trainee.name not in main_text(coordinator.get(f"{page}?show=behind"))
    assert one.trainee.name not in main_text(coordinator.get(f"{page}?show=not_started"))
    with one.looking():
        enrolment = db.session.scalars(
            select(Enrolment.id).where(Enrolment.cohort_id == cohort_id, Enrolment.person_id == one.trainee.id)
        ).one()
        assert db.session.get_one(Attempt, attempt_id).passed is None
    assert "it is being marked" in main_text(coordinator.get(f"{page}/enrolments/{enrolment}/requirements"))
