"""The sample programmes, a cohort of each at one base, and their people in different stages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from training.accounts import queries as accounts
from training.accounts.models import Person
from training.core import clock, sample
from training.core.access import Actor
from training.core.errors import NotFound
from training.programmes import services
from training.programmes.models import Cohort

BASE = "SAMPLE-BASE-JN"
OPENED = 90
ENROLLED = {  # how many days ago, so that every stage has had its time and three months show a rise
    "certified": 84,
    "revoked": 80,
    "withdrawn": 70,
    "quiz_passed": 63,
    "quiz_failed": 50,
    "course_done": 42,
    "two_lessons": 30,
    "one_lesson": 21,
    "not_started": 6,
}
WITHDRAWN = 40
# Who practises as well, and since how many days; the first programme says nothing of the second.
PRACTISING = {"13800000008": 44, "13800000010": 40, "13800000013": 30, "13800000014": 25, "13800000012": 20}
PRACTICE_OPENED = 95


@sample.step("practice programme", 49)
def add_practice_programme(shared: dict[str, Any]) -> None:
    """A programme of dialogues, hours and skills, as far as earlier steps left them; leave `practising` by mobile.

    It comes before the first programme, whose cohort is the newer one and stands first on everybody's home.
    """
    coordinator = _acting(shared["staff"][BASE])
    asked = [*shared.get("dialogues", []), *(shared[name] for name in ("rotation", "checklist") if name in shared)]
    with clock.frozen(shared["now"] - timedelta(days=PRACTICE_OPENED)):
        programme = services.add_programme(
            code="SAMPLE-PP",
            title_zh="安宁疗护实践培训（教学示例）",
            title_en="Palliative care practice training (teaching sample)",
            scope_id=shared["province_scope"].id,
            requires=asked,
            valid_months=0,
        )
        cohort = services.open_cohort(
            shared["bases"][BASE],
            programme,
            code=f"{clock.today().year}-P1",
            name="实践第一期（教学示例）",
            starts_on=clock.today() + timedelta(days=2),
            ends_on=clock.today() + timedelta(days=180),
            opened_by=coordinator,
        )
    shared["practising"] = {}
    for mobile, days in PRACTISING.items():
        with clock.frozen(shared["now"] - timedelta(days=days)):
            enrolment = services.enrol(cohort, shared["people"][mobile], enrolled_by=coordinator)
        shared["practising"][mobile] = enrolment


@sample.step("programmes", 50)
def add_programme(shared: dict[str, Any]) -> None:
    """Leave `enrolments`: a list of (enrolment, person, stage); `requires` are activities that earlier steps left."""
    now: datetime = shared["now"]
    coordinator = _acting(shared["staff"][BASE])
    with clock.frozen(now - timedelta(days=OPENED)):
        programme = services.add_programme(
            code="SAMPLE-PC",
            title_zh="安宁疗护基础培训（教学示例）",
            title_en="Palliative care foundation training (teaching sample)",
            scope_id=shared["province_scope"].id,
            requires=shared.get("requires", []),
            valid_months=24,
        )
        cohort = services.open_cohort(
            shared["bases"][BASE],
            programme,
            code=f"{clock.today().year}-1",
            name="第一期（教学示例）",
            starts_on=clock.today() + timedelta(days=2),
            ends_on=clock.today() + timedelta(days=180),
            opened_by=coordinator,
        )
    shared["cohort"], shared["enrolments"] = cohort, []
    for person, stage, base in sorted(shared["trainees"], key=lambda row: -ENROLLED[row[1]]):
        if base == BASE:
            _enrol(shared, cohort, person, stage, coordinator)


def _enrol(shared: dict[str, Any], cohort: Cohort, person: Person, stage: str, coordinator: Actor) -> None:
    with clock.frozen(shared["now"] - timedelta(days=ENROLLED[stage])):
        enrolment = services.enrol(cohort, person, enrolled_by=coordinator)
    if stage == "withdrawn":
        with clock.frozen(shared["now"] - timedelta(days=WITHDRAWN)):
            services.withdraw(cohort, enrolment, "本人因家中有事申请退出（示例）。", withdrawn_by=coordinator)
    shared["enrolments"].append((enrolment, person, stage))


def _acting(person: Person) -> Actor:
    actor = accounts.load_actor(f"{person.id}:{person.stamp}")
    if actor is None:
        raise NotFound("The sample's coordinator is missing.")
    return actor
