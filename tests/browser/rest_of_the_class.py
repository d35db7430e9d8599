"""What the rest of a class does, by the services and in the test's process, on the database of the running site."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from courses import queries as courses
from courses import services as lessons
from courses.dialogues import graph, scoring
from courses.dialogues import queries as dialogues
from courses.dialogues import services as talks
from courses.dialogues.models import DIALOGUE
from question_bank.kind import QUIZ
from question_bank.queries import attempts
from question_bank.services import answers, sitting
from question_bank.services.answers import Given
from tests.browser.sites import Site
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.activities.models import Activity
from training.app import create_app
from training.core import clock
from training.core.access import Actor
from training.core.db import db, reading, transaction
from training.practice.models import Posting
from training.practice.services import hours
from training.programmes.models import Cohort, Enrolment, Requirement
from training.settings import Settings
from wsgi import PACKAGES

THREE_WEEKS = timedelta(days=21)


@dataclass(frozen=True)
class Class:
    """A cohort of the site, by its code, seen from this process."""

    app: Flask
    code: str
    halves: int

    @classmethod
    def of(cls, site: Site, code: str, *, halves: int) -> Class:
        """The cohort of that code; everybody owes so many half hours of practice."""
        return cls(create_app(Settings.from_environ(site.environ), PACKAGES), code, halves)

    def complete(self, but: Collection[str], how_many: int, supervisor: str) -> None:
        """So many people, without those of these mobile numbers, do all that is asked of them."""
        with self.app.test_request_context(), reading():
            everybody = select(Person.id).join(Enrolment, Enrolment.person_id == Person.id)
            everybody = everybody.join(Cohort, Cohort.id == Enrolment.cohort_id).where(Cohort.code == self.code)
            chosen = db.session.scalars(everybody.where(Person.mobile.not_in(but)).order_by(Person.mobile)).all()
            signer = accounts.by_login(supervisor)
        assert signer is not None
        for person_id in chosen[:how_many]:
            with self.app.test_request_context(), transaction():
                self._complete_one(_actor(person_id), _actor(signer.id))

    def _complete_one(self, person: Actor, supervisor: Actor) -> None:
        required = select(Activity).join(Requirement, Requirement.activity_id == Activity.id)
        cohort = select(Cohort.programme_id).where(Cohort.code == self.code).scalar_subquery()
        for activity in db.session.scalars(required.where(Requirement.programme_id == cohort)):
            if activity.kind == QUIZ:
                _pass_quiz(activity.id, person)
            elif activity.kind == DIALOGUE:
                _pass_dialogue(activity.id, person)
            elif activity.kind.startswith("practice:"):
                self._work(activity.id, person, supervisor)
            else:
                for lesson in courses.lessons_of_versions([(activity.id, activity.version)])[
                    activity.id, activity.version
                ]:
                    lessons.complete_lesson(lesson, completed_by=person)

    def _work(self, rotation_id: int, person: Actor, supervisor: Actor) -> None:
        posting = db.session.scalars(
            select(Posting).where(Posting.person_id == person.id, Posting.rotation_id == rotation_id)
        ).one()
        data = hours.LineData(clock.today(), self.halves, "晨间护理")
        line = hours.write_line(posting, data, client_key=f"first-week-{person.id}-hours", written_by=person)
        hours.send_lines(person.id, [line.id], sent_by=person)
        hours.sign_lines([line], signed_by=supervisor)

    def let_three_weeks_pass(self) -> None:
        """Nobody can wait for that: whoever is enrolled was enrolled three weeks ago."""
        with self.app.app_context(), transaction():
            cohort = db.session.scalars(select(Cohort).where(Cohort.code == self.code)).one()
            cohort.starts_on -= THREE_WEEKS
            earlier = update(Enrolment).where(Enrolment.cohort_id == cohort.id)
            db.session.execute(earlier.values(enrolled_at=clock.now() - THREE_WEEKS))


def _actor(person_id: int) -> Actor:
    person = accounts.person(person_id)
    actor = accounts.load_actor(f"{person.id}:{person.stamp}")
    assert actor is not None
    return actor


def _pass_quiz(quiz_id: int, person: Any) -> None:
    attempt = sitting.start(quiz_id, person)
    for item, body in attempts.paper_of(attempt):
        answers.save(attempt.id, {item.position: Given(body["key"])}, person_id=person.id)
    sitting.hand_in(attempts.lock(attempt.id, person.id), by=person)


def _pass_dialogue(dialogue_id: int, person: Any) -> None:
    attempt = talks.start(dialogue_id, person)
    _activity, version = dialogues.dialogue_for(person.id, dialogue_id)
    path = scoring.best_path(graph.from_plain(version.body))
    for step, (turn, choice) in enumerate(path, start=1):
        talks.reply(attempt.id, step=step, turn=turn, choice=choice, by=person)
