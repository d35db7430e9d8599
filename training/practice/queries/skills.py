"""Reading trainees at a supervisor's bases, and skills assessments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from training.accounts.models import Person
from training.activities.models import Activity
from training.core import paging, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places.models import Institution
from training.practice.kinds import SKILLS
from training.practice.models import ChecklistVersion, SkillsAssessment
from training.practice.permissions import Permission
from training.programmes.models import Cohort, Enrolment, EnrolmentPin, EnrolmentStatus


def visible_trainees(actor: Actor) -> Select[Any]:
    """A select of the enrolments at the bases where the actor assesses, without those withdrawn."""
    return (
        select(Enrolment)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(scopes.within(actor.paths(Permission.SKILLS_ASSESS)), Enrolment.status != EnrolmentStatus.WITHDRAWN)
    )


def trainee_visible_to(actor: Actor, enrolment_id: int) -> Any:
    """A trainee as a row `Enrolment, Person, Institution | None, Cohort, Scope`; raises `NotFound`."""
    row = db.session.execute(_in_full(visible_trainees(actor)).where(Enrolment.id == enrolment_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such trainee at your base."))
    return row


def trainees_visible_to(actor: Actor, name: str = "", number: int = 1) -> paging.Page:
    """A page of the trainees at the actor's bases whose name contains that, newest cohort first, by name.

    Its rows are like `trainee_visible_to`'s.
    """
    found = _in_full(visible_trainees(actor)).where(Person.name.contains(name, autoescape=True))
    total = db.session.scalar(select(func.count()).select_from(found.with_only_columns(Enrolment.id).subquery())) or 0
    ordered = found.order_by(Cohort.starts_on.desc(), Cohort.id, Person.name, Person.id)
    rows = db.session.execute(ordered.limit(paging.SIZE).offset(paging.offset(number))).all()
    return paging.Page(rows, number, total)


def _in_full(statement: Select[Any]) -> Select[Any]:
    return (
        statement.add_columns(Person, Institution, Cohort, Scope)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
    )


def version_for(enrolment: Enrolment, checklist: Activity) -> int:
    """The checklist version that counts in an enrolment: the one it pins, else the newest."""
    return db.session.scalar(
        select(EnrolmentPin.version).where(
            EnrolmentPin.enrolment_id == enrolment.id, EnrolmentPin.activity_id == checklist.id
        )
    ) or (checklist.version)


def visible_assessments(actor: Actor) -> Select[Any]:
    """A select of the assessments held at the bases where the actor assesses."""
    return (
        select(SkillsAssessment)
        .join(Cohort, Cohort.id == SkillsAssessment.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(scopes.within(actor.paths(Permission.SKILLS_ASSESS)))
    )


def own_assessments(person_id: int) -> Select[Any]:
    """A select of the assessments of one trainee."""
    return select(SkillsAssessment).where(SkillsAssessment.person_id == person_id)


def one_of(statement: Select[Any], assessment_id: int) -> Any:
    """An assessment as a row `SkillsAssessment, ChecklistVersion, Person`; raises `NotFound`."""
    row = db.session.execute(_with_checklist(statement).where(SkillsAssessment.id == assessment_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such assessment here."))
    return row


def all_of(statement: Select[Any], person_id: int) -> Sequence[Any]:
    """A trainee's assessments, newest first, as rows `SkillsAssessment, ChecklistVersion, Person`."""
    order = (SkillsAssessment.assessed_at.desc(), SkillsAssessment.id.desc())
    return db.session.execute(
        _with_checklist(statement).where(SkillsAssessment.person_id == person_id).order_by(*order)
    ).all()


def _with_checklist(statement: Select[Any]) -> Select[Any]:
    return (
        statement.add_columns(ChecklistVersion, Person)
        .join(
            ChecklistVersion,
            (ChecklistVersion.activity_id == SkillsAssessment.checklist_id)
            & (ChecklistVersion.version == SkillsAssessment.version),
        )
        .join(Person, Person.id == SkillsAssessment.person_id)
    )


def asked_of(person_id: int) -> Sequence[Activity]:
    """The skills assessments that the trainee's programmes ask for, by title."""
    return db.session.scalars(
        select(Activity)
        .join(EnrolmentPin, EnrolmentPin.activity_id == Activity.id)
        .join(Enrolment, Enrolment.id == EnrolmentPin.enrolment_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.status != EnrolmentStatus.WITHDRAWN,
            Activity.kind == SKILLS,
        )
        .distinct()
        .order_by(Activity.title_zh, Activity.id)
    ).all()
