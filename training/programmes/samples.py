"""The sample's four programmes and its fourteen cohorts over eighteen months, whose people have come more or less far.

A few people have a story (`training/accounts/sample.json`): they are in the cohorts marked so. The others are drawn
from the crowd. How far somebody has come is a **stage**; what a stage means in lessons, attempts and certificates, the
packages above say in their own samples.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from random import Random
from typing import Any

from sqlalchemy import select

from training.accounts import queries as accounts
from training.accounts.models import Person
from training.core import clock, sample
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.programmes import services
from training.programmes.models import Cohort, Enrolment, Programme

BASE = "SAMPLE-BASE-JN"
ENROLLED = {  # of those with a story, how many days ago, so that every stage has had its time
    "certified": 84,
    "revoked": 80,
    "withdrawn": 70,
    "quiz_passed": 63,
    "quiz_failed": 50,
    "course_done": 42,
    "last_lesson": 30,
    "one_lesson": 21,
    "not_started": 6,
}
WITHDRAWN_AFTER = timedelta(days=30)
# Who of those with a story is in the specialist programme as well, and since how many days.
PRACTISING = {"13800000008": 44, "13800000010": 40, "13800000013": 30, "13800000014": 25, "13800000012": 20}
# Who of those with a story was in the workshop, and since how many days.
WORKSHOP = {"13800000011": 12, "13800000016": 11}
# Who of those with a story sits the examination: one has passed, one failed and sits again, one sits it first.
EXAMINED = {"13800000011": "examined", "13800000016": "resitting", "13800000012": "sitting"}
# Of a hundred people, by the days since their cohort opened (at least so many).
SHARES: dict[int, dict[str, int]] = {
    280: {
        "certified": 76,
        "quiz_passed": 5,
        "quiz_failed": 4,
        "some": 6,
        "withdrawn": 5,
        "revoked": 2,
        "not_started": 2,
    },
    140: {
        "certified": 50,
        "quiz_passed": 12,
        "quiz_failed": 6,
        "course_done": 8,
        "some": 16,
        "withdrawn": 4,
        "not_started": 4,
    },
    60: {
        "certified": 6,
        "quiz_passed": 12,
        "course_done": 14,
        "last_lesson": 6,
        "some": 44,
        "withdrawn": 6,
        "not_started": 12,
    },
    0: {"some": 25, "one_lesson": 25, "not_started": 50},
}


@dataclass(frozen=True)
class Learner:
    """Somebody of the sample in a cohort, and how far they have come there."""

    enrolment: Enrolment
    person: Person
    stage: str
    programme: str
    base: str
    story: bool = False

    def moment(self, now: datetime, share: float, days: int) -> datetime:
        """The moment after `share` (0 to 1) of so many days since enrolling, or of the time that there was."""
        span = min(timedelta(days=days), (now - self.enrolment.enrolled_at) * 0.85)
        return self.enrolment.enrolled_at + span * share


def _content() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files("training.programmes").joinpath("sample.json").read_text(encoding="utf-8"))
    return read


@sample.step("programmes", 50)
def add_programmes(shared: dict[str, Any]) -> None:
    """Leave `learners`; `requires` are the activities of each programme by its name, which earlier steps left.

    A small sample has the cohorts of those with a story alone, and nobody else in them. The stories of the
    specialist programme come first: everybody's home shows the newest cohort on top.
    """
    content, chance = _content(), Random(20260102)  # noqa: S311 - the same at every load
    earliest = max(one["opened"] for one in content["cohorts"])
    with clock.frozen(shared["now"] - timedelta(days=earliest + 1)):
        programmes = {name: _add(shared, name, one) for name, one in content["programmes"].items()}
    shared["learners"], shared["cohorts"] = [], {}
    for one in content["cohorts"]:
        if shared["small"] and "story" not in one:
            continue
        cohort = _open(shared, programmes[one["programme"]], one)
        shared["cohorts"][one["code"]] = cohort
        learners = list(_of_a_story(shared, cohort, one))
        if not shared["small"]:
            learners += _of_the_crowd(shared, cohort, one, one["people"] - len(learners), chance)
        shared["learners"] += learners


def _add(shared: dict[str, Any], name: str, one: dict[str, Any]) -> Programme:
    return services.add_programme(
        code=one["code"],
        title_zh=one["title"]["zh"],
        title_en=one["title"]["en"],
        scope_id=shared["province_scope"].id,
        requires=shared.get("requires", {}).get(name, []),
        valid_months=one["valid_months"],
    )


def _open(shared: dict[str, Any], programme: Programme, one: dict[str, Any]) -> Cohort:
    coordinator = acting(shared["staff"][one["base"]])
    with clock.frozen(shared["now"] - timedelta(days=one["opened"])):
        return services.open_cohort(
            shared["bases"][one["base"]],
            programme,
            code=one["code"],
            name=one["name"],
            starts_on=clock.today() + timedelta(days=2),
            ends_on=clock.today() + timedelta(days=180),
            opened_by=coordinator,
        )


def _of_a_story(shared: dict[str, Any], cohort: Cohort, one: dict[str, Any]) -> Iterator[Learner]:
    """Those with a story, each since their own day."""
    coordinator = acting(shared["staff"][one["base"]])
    since: list[tuple[int, Person, str]] = []
    if one.get("story") == "stages":
        since = [(ENROLLED[stage], person, stage) for person, stage, _base in shared["trainees"]]
    elif one.get("story") == "practising":
        since = [(days, shared["people"][mobile], "practising") for mobile, days in PRACTISING.items()]
    elif one.get("story") == "workshop":
        since = [(days, shared["people"][mobile], "essay_written") for mobile, days in WORKSHOP.items()]
    elif one.get("story") == "examination":
        since = [(9, shared["people"][mobile], stage) for mobile, stage in EXAMINED.items()]
    for days, person, stage in sorted(since, key=lambda row: -row[0]):
        with clock.frozen(shared["now"] - timedelta(days=days)):
            enrolment = services.enrol(cohort, person, enrolled_by=coordinator)
        yield Learner(enrolment, person, stage, one["programme"], one["base"], story=True)


def _of_the_crowd(
    shared: dict[str, Any], cohort: Cohort, one: dict[str, Any], people: int, chance: Random
) -> list[Learner]:
    """So many of the crowd, all enrolled three days after the cohort was opened."""
    shares = next(shares for days, shares in SHARES.items() if one["opened"] >= days)
    stages = chance.choices(list(shares), list(shares.values()), k=people)
    institutions = [place.id for place in shared["serves"][one["base"]]]
    with clock.frozen(shared["now"] - timedelta(days=max(one["opened"] - 3, 1))):
        persons = [shared["crowd"].person(institutions, activated=stage != "not_started") for stage in stages]
        services.enrol_all(cohort, persons, enrolled_by=acting(shared["staff"][one["base"]]))
    of_the_cohort = select(Enrolment).where(Enrolment.cohort_id == cohort.id)
    enrolments = {enrolment.person_id: enrolment for enrolment in db.session.scalars(of_the_cohort)}
    return [
        Learner(enrolments[person.id], person, stage, one["programme"], one["base"])
        for person, stage in zip(persons, stages, strict=True)
    ]


@sample.step("withdrawals", 63)
def withdraw(shared: dict[str, Any]) -> None:
    """Withdraw those of that stage, after what they had done."""
    reason = _content()["withdrawn"]
    cohorts = {cohort.id: cohort for cohort in shared["cohorts"].values()}
    for learner in shared["learners"]:
        if learner.stage == "withdrawn":
            with clock.frozen(min(learner.enrolment.enrolled_at + WITHDRAWN_AFTER, shared["now"])):
                by = acting(shared["staff"][learner.base])
                services.withdraw(cohorts[learner.enrolment.cohort_id], learner.enrolment, reason, withdrawn_by=by)


def acting(person: Person) -> Actor:
    """A person of the sample as one who acts."""
    actor = accounts.load_actor(f"{person.id}:{person.stamp}")
    if actor is None:
        raise NotFound("Somebody of the sample is missing.")
    return actor
