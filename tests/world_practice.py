"""What practice adds to the small world: at each place a plan, a checklist, and two trainees on rotation.

The first trainee has signed hours (some taken back), a waiting line, a passed assessment and a commented logbook entry;
the second a waiting line, a draft, a failed assessment and an entry.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests.world_content import Owned
from training.accounts.models import RoleGrant
from training.activities.models import Activity
from training.core import clock
from training.core.db import db
from training.core.scopes import Scope
from training.practice.kinds import ROTATION, SKILLS
from training.practice.models import (
    HoursLine,
    LineState,
    LogbookEntry,
    Posting,
    Setting,
    SignedHours,
    Situation,
    SkillsAssessment,
)
from training.practice.scoring import CheckItem
from training.practice.services import hours, logbook, plans, postings, skills

if TYPE_CHECKING:
    from tests.world import Making

ITEMS = (
    CheckItem("i1", "核对身份", "Checks identity", critical=True),
    CheckItem("i2", "手卫生", "Hand hygiene", scale="points"),
    CheckItem("i3", "解释", "Explains", scale="points"),
)
PLAN = plans.Hours(all=20, ward=10, outpatient=0, home=5)


def add_practice(making: Making, place: str) -> None:
    """Fill one place; the programme of the world requires none of it."""
    coordinator, supervisor = making.actor(f"coordinator.{place}"), making.actor(f"supervisor.{place}")
    scope, cohort = making.base_scopes[place], making.cohorts[place]
    rotation = plans.add_plan(scope, plans.Titles(f"实践{place}", f"Practice {place}"), PLAN, added_by=coordinator)
    checklist = plans.add_plan(
        scope, plans.Titles(f"技能{place}", f"Skills {place}"), plans.Checklist(ITEMS, 60), added_by=coordinator
    )
    names = (f"trainee.{place}", f"other_trainee.{place}")
    data = postings.PostingData(
        Setting.WARD,
        "三病区",
        supervisor.id,
        clock.today() - timedelta(days=9),
        clock.today() + timedelta(days=9),
    )
    chosen = [making.enrolments[name].id for name in names]
    postings.assign(cohort, rotation, chosen, data, assigned_by=coordinator)
    for name, mark in zip(names, (1, 0), strict=True):
        _write_hours(making, name, supervisor)
        skills.assess(
            making.enrolments[name],
            checklist,
            {"i1": mark, "i2": 2, "i3": 2},
            version=1,
            advice="再练一次。",
            client_key=f"world-skills-{name}",
            assessed_by=supervisor,
        )
        entry = logbook.write_entry(
            making.enrolments[name],
            logbook.EntryData(clock.month(clock.now()), Setting.WARD, Situation.PAIN, "评估疼痛。", "先问再说。"),
            client_key=f"world-entry-{name}",
            confirmed=False,
            written_by=making.actor(name),
        )
        logbook.comment(entry, scope.path, "很好。", client_key=f"world-comment-{name}", written_by=supervisor)


def _write_hours(making: Making, name: str, supervisor: Any) -> None:
    me = making.actor(name)
    posting = db.session.scalars(select(Posting).where(Posting.person_id == me.id)).one()
    lines = [
        hours.write_line(
            posting,
            hours.LineData(posting.starts_on + timedelta(days=day), 15, "查房"),
            client_key=f"world-{name}-{day}-hours",
            written_by=me,
        )
        for day in range(4)
    ]
    hours.send_lines(me.id, [one.id for one in lines[:3]], sent_by=me)
    hours.sign_lines(lines[:2], signed_by=supervisor)
    first = db.session.scalars(select(SignedHours).where(SignedHours.line_id == lines[0].id)).one()
    hours.counter(first, "日期写错。", countered_by=supervisor)


def _plans(*kinds: str) -> Callable[[str], list[Any]]:
    def found(place: str) -> list[Any]:
        statement = select(Activity.id).join(Scope, Scope.id == Activity.scope_id)
        mine = statement.where(Scope.name_en == f"Base {place}", Activity.kind.in_(kinds)).order_by(Activity.id)
        return list(db.session.scalars(mine))

    return found


def _owned(column: Any, person: Any, *conditions: Any) -> Callable[[str], list[Any]]:
    def found(place: str) -> list[Any]:
        from tests.world import person_id

        return [
            Owned(one, name)
            for name in (f"other_trainee.{place}", f"trainee.{place}")
            for one in db.session.scalars(select(column).where(person == person_id(name), *conditions))
        ]

    return found


def _supervisors(place: str) -> list[Any]:
    from tests.world import person_id

    mine = select(RoleGrant.id).where(RoleGrant.person_id == person_id(f"supervisor.{place}"))
    return list(db.session.scalars(mine))


SOURCES: dict[str, Callable[[str], list[Any]]] = {
    "plan_id": _plans(ROTATION, SKILLS),
    "rotation_id": _plans(ROTATION),
    "rotation/activity_id": _plans(ROTATION),
    "skills/activity_id": _plans(SKILLS),
    "checklist_id": _plans(SKILLS),
    "posting_id": _owned(Posting.id, Posting.person_id),
    "line_id": _owned(HoursLine.id, HoursLine.person_id, HoursLine.state == LineState.SENT),
    "signed_id": _owned(SignedHours.id, SignedHours.person_id, SignedHours.counters_id.is_(None)),
    "assessment_id": _owned(SkillsAssessment.id, SkillsAssessment.person_id),
    "supervisor_id": _supervisors,
    "entry_id": _owned(LogbookEntry.id, LogbookEntry.person_id),
}
