"""How the crowd of the sample practises: two weeks on the ward, one in the clinic, one at home, signed at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from training.core import clock, sample
from training.core.access import Actor
from training.core.db import db
from training.practice import scoring
from training.practice.models import HoursLine, Posting, Setting
from training.practice.queries.plans import checklist_version
from training.practice.samples import content
from training.practice.services import hours, postings, skills
from training.programmes.samples import Learner, acting

AFTER = timedelta(days=66)  # since enrolling: when most lessons are read
LASTS = timedelta(days=36)  # from the first day on the ward until the skills are assessed, and two days
WHOLE_DAY = 16  # halves of an hour
DAYS = {Setting.WARD: 10, Setting.OUTPATIENT: 5, Setting.HOME: 5}
ALL_HOURS = {"certified", "revoked", "quiz_passed", "quiz_failed"}
SOME_HOURS = {"course_done"}


@sample.step("practice of the crowd", 65)
def practise(shared: dict[str, Any]) -> None:
    """Assign, write, sign and assess, cohort by cohort; who has come less far has written the ward's days alone."""
    for cohort in shared["cohorts"].values():
        learners = [
            one
            for one in shared["learners"]
            if one.enrolment.cohort_id == cohort.id
            and one.programme == "specialist"
            and one.stage in ALL_HOURS | SOME_HOURS
        ]
        if learners:
            _practise(shared, cohort, learners)


def _practise(shared: dict[str, Any], cohort: Any, learners: Sequence[Learner]) -> None:
    begun: datetime = min(learners[0].enrolment.enrolled_at + AFTER, shared["now"] - LASTS)
    supervisor, words = shared["supervisors"][learners[0].base], content()["crowd"]
    ids = [one.enrolment.id for one in learners]
    for setting, days in DAYS.items():
        first = clock.local(begun).date()
        unit, last = words["units"][setting], first + timedelta(days=days + 3)
        with clock.frozen(begun - timedelta(days=5)):
            data = postings.PostingData(setting, unit, supervisor.id, first, last)
            by = acting(shared["staff"][learners[0].base])
            postings.assign(cohort, shared["rotation"], ids, data, assigned_by=by)
        working = [one for one in learners if one.stage in ALL_HOURS or setting is Setting.WARD]
        _work(working, setting, words["work"][setting], acting(supervisor), begun + timedelta(days=days + 1))
        begun += timedelta(days=days + 4)
    for learner in learners:
        if learner.stage in ALL_HOURS:
            with clock.frozen(begun + timedelta(days=1)):
                _assess(shared, learner, words["advice"], acting(supervisor))


def _work(learners: Sequence[Learner], setting: Setting, what: str, supervisor: Actor, end: datetime) -> None:
    """Whole days, sent by the trainee and signed by the supervisor at the end."""
    lines: list[HoursLine] = []
    for learner in learners:
        posting = db.session.scalars(
            select(Posting).where(Posting.enrolment_id == learner.enrolment.id, Posting.setting == setting)
        ).one()
        me = acting(learner.person)
        with clock.frozen(end):
            written = [
                hours.write_line(
                    posting,
                    hours.LineData(posting.starts_on + timedelta(days=day), WHOLE_DAY, what),
                    client_key=f"sample-{posting.id}-{day}",
                    written_by=me,
                )
                for day in range(DAYS[setting])
            ]
            hours.send_lines(learner.person.id, [one.id for one in written], sent_by=me)
        lines += written
    with clock.frozen(end + timedelta(hours=20)):
        hours.sign_lines(lines, signed_by=supervisor)


def _assess(shared: dict[str, Any], learner: Learner, advice: str, supervisor: Actor) -> None:
    """The skills, all of them as well as can be."""
    checklist = shared["checklist"]
    items = scoring.read(checklist_version(checklist.id, checklist.version).body)
    marks = {one.key: scoring.SCALES[one.scale] for one in items}
    key = f"sample-skills-{learner.enrolment.id}"
    skills.assess(learner.enrolment, checklist, marks, version=1, advice=advice, client_key=key, assessed_by=supervisor)
