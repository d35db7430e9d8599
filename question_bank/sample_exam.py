"""The sample's examination: drawn to a plan, sat once, released, and going on for those who sit it now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from question_bank import samples
from question_bank.blueprints.rules import Blueprint, Criteria, Draw, Section
from question_bank.exams import invigilating, noting, services, tasks
from question_bank.exams.admission import Entry
from question_bank.exams.models import EventKind, ExamSession
from question_bank.exams.queries import sites
from question_bank.exams.services import Terms
from question_bank.models import Attempt
from question_bank.queries import attempts as queries
from question_bank.rechecks import services as rechecks
from question_bank.rechecks.services import Wish
from question_bank.services import answers, quizzes, sitting
from question_bank.services.answers import Given
from training.core import clock, sample
from training.core.access import Actor
from training.core.db import db
from training.core.sample import LONG_AGO
from training.core.scopes import Scope
from training.programmes.samples import acting

BASE = "SAMPLE-BASE-YT"
CODE = "SAMPLE"
RULES = quizzes.Rules(
    time_limit_minutes=60,
    pass_percent=60,
    attempts_allowed=2,
    resit_wait_hours=0,
    items_per_page=4,
    supervised=True,
    critical_limit=2,
)


@sample.step("examination", 42)
def add_examination(shared: dict[str, Any]) -> None:
    """Compose the examination; its programme requires it alone."""
    with clock.frozen(shared["now"] - LONG_AGO):
        author, content = acting(shared["staff"]["instructor"]), samples.read("examination.json")
        titles = quizzes.Titles(**content["title"])
        quiz = quizzes.add_quiz(shared["province_scope"], titles, RULES, [], _plan(content), added_by=author)
    shared["examination"] = quiz
    shared["requires"]["examination"] = [quiz]


def _plan(content: dict[str, Any]) -> Blueprint:
    """Sections and draws as they are written."""
    sections = [
        Section(number, one["zh"], one["en"], one["policy"]) for number, one in enumerate(content["sections"], start=1)
    ]
    draws = [
        Draw(number, one["section"], one["count"], one["points"], Criteria(type=one["type"]))
        for number, one in enumerate(content["draws"], start=1)
    ]
    return Blueprint(tuple(sections), tuple(draws))


@sample.step("exam sessions", 63)
def sit_it(shared: dict[str, Any]) -> None:
    """A session that is over and released, and one that opened an hour ago and goes on until tomorrow."""
    content = samples.read("examination.json")
    people = {one.stage: one.person for one in shared["learners"] if one.programme == "examination"}
    coordinator = acting(shared["staff"][BASE])
    first = _set(shared, content["sessions"][0], -5 * 24, 3, coordinator, [people["examined"], people["resitting"]])
    opens, scope = first.opens_at, db.session.get_one(Scope, first.scope_id)
    site = sites.site_visible_to(coordinator, first.id)
    with clock.frozen(opens + timedelta(minutes=3)):
        passing = _begin(shared, people["examined"])
        failing = _begin(shared, people["resitting"])
    with clock.frozen(opens + timedelta(minutes=20)):
        noting.note([failing.id], EventKind.LEFT)
        invigilating.extend(site, people["resitting"].id, 5, content["reason"], extended_by=coordinator)
        _answer(passing, people["examined"], right=14)
        _answer(failing, people["resitting"], right=5)
    with clock.frozen(opens + timedelta(minutes=50)):
        for attempt in (passing, failing):
            sitting.hand_in(queries.lock(attempt.id), by=None)
    with clock.frozen(opens + timedelta(days=1)):
        services.release(first, scope, released_by=coordinator)
        for attempt in (passing, failing):
            tasks.finish(attempt.id)
    with clock.frozen(opens + timedelta(days=2)):
        wish = Wish(**content["recheck"])
        rechecks.ask(queries.lock(failing.id), wish, asked_by=acting(people["resitting"]))
    second = _set(shared, content["sessions"][1], -1, 24, coordinator, [people["resitting"], people["sitting"]])
    with clock.frozen(second.opens_at + timedelta(minutes=30)):
        _answer(_begin(shared, people["sitting"]), people["sitting"], right=3, of=5)


def _set(
    shared: dict[str, Any], name: str, hours: int, long: int, coordinator: Actor, people: list[Any]
) -> ExamSession:
    """A session at the base, so many hours from now and so many hours long, that admits those people."""
    opens = shared["now"] + timedelta(hours=hours)
    terms = Terms(name, opens, opens + timedelta(hours=long), min(60 * long, 1440), code=CODE, held=True)
    scope = db.session.get_one(Scope, shared["bases"][BASE].scope_id)
    with clock.frozen(opens - timedelta(days=2)):
        session = services.add_session(shared["examination"], scope, terms, added_by=coordinator)
        services.admit(session, [one.id for one in people])
    return session


def _begin(shared: dict[str, Any], person: Any) -> Attempt:
    return sitting.start(shared["examination"].id, person, entry=Entry(CODE, honour=True), seed=person.id)


def _answer(attempt: Attempt, person: Any, *, right: int, of: int = 99) -> None:
    """Answer the first `of` items, so many of them rightly."""
    given = {}
    for item, body in queries.paper_of(attempt)[:of]:
        wrong = [one for one in item.option_order if one not in body["key"]][:1]
        given[item.position] = Given(body["key"] if item.position <= right else wrong)
    answers.save(attempt.id, given, person_id=person.id)
