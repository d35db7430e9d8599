"""Reading programmes, cohorts and enrolments, always through the scopes of whoever asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Select, and_, bindparam, exists, func, select

from training.accounts.models import Person
from training.activities import kinds
from training.activities.models import Activity
from training.core import clock, scopes
from training.core.access import Actor
from training.core.db import connection, db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places.models import Institution, TrainingBase
from training.programmes.kind import PROGRAMME
from training.programmes.models import (
    Cohort,
    CreditClass,
    Enrolment,
    EnrolmentPin,
    EnrolmentStatus,
    Programme,
    ProgrammeCredit,
    Requirement,
    RequirementGroup,
)
from training.programmes.permissions import Permission


def visible_cohorts(actor: Actor) -> Select[Any]:
    """A select of the cohorts that the actor may read; lists and single loads both go through it."""
    statement = select(Cohort).join(Scope, Scope.id == Cohort.scope_id)
    return statement.where(scopes.within(actor.paths(Permission.COHORT_READ)))


def cohort_visible_to(actor: Actor, cohort_id: int) -> Cohort:
    """The cohort of that id; raises `NotFound` for a stranger's."""
    cohort: Cohort | None = db.session.scalar(visible_cohorts(actor).where(Cohort.id == cohort_id))
    if cohort is None:
        raise NotFound(_("There is no such cohort at your base."))
    return cohort


def cohort_in_full(actor: Actor, cohort_id: int) -> Any:
    """One cohort as a row `Cohort, TrainingBase, programme Activity`; raises `NotFound` for a stranger's."""
    row = db.session.execute(
        visible_cohorts(actor)
        .add_columns(TrainingBase, Activity)
        .join(TrainingBase, TrainingBase.id == Cohort.base_id)
        .join(Activity, Activity.id == Cohort.programme_id)
        .where(Cohort.id == cohort_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_("There is no such cohort at your base."))
    return row


COHORTS = 30


def cohorts_visible_to(actor: Actor, number: int = 1) -> Sequence[Any]:
    """That page of the actor's cohorts, newest first, as rows `Cohort, TrainingBase, programme Activity, enrolled,
    completed`.
    """
    own = visible_cohorts(actor).order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    page = own.with_only_columns(Cohort.id).limit(COHORTS).offset((number - 1) * COHORTS).subquery()
    enrolled, completed = _counts()
    statement = (
        select(Cohort, TrainingBase, Activity, enrolled.label("enrolled"), completed.label("completed"))
        .join(page, page.c.id == Cohort.id)
        .join(TrainingBase, TrainingBase.id == Cohort.base_id)
        .join(Activity, Activity.id == Cohort.programme_id)
        .outerjoin(Enrolment, Enrolment.cohort_id == Cohort.id)
        .group_by(Cohort.id, TrainingBase.id, Activity.id)
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    )
    return db.session.execute(statement).all()


def totals(actor: Actor) -> Any:
    """Over all the actor's cohorts how many `cohorts`, people `enrolled` and `completed`; one query."""
    enrolled, completed = _counts()
    numbers = (
        func.count(Cohort.id.distinct()).label("cohorts"),
        enrolled.label("enrolled"),
        completed.label("completed"),
    )
    statement = visible_cohorts(actor).outerjoin(Enrolment, Enrolment.cohort_id == Cohort.id)
    return db.session.execute(statement.with_only_columns(*numbers, maintain_column_froms=True)).one()


def _counts() -> tuple[Any, Any]:
    enrolled = func.count(Enrolment.id).filter(Enrolment.status != EnrolmentStatus.WITHDRAWN)
    return enrolled, func.count(Enrolment.id).filter(Enrolment.status == EnrolmentStatus.COMPLETED)


def people_of(cohort: Cohort) -> Sequence[Any]:
    """The people of a cohort by name, as rows `Enrolment, Person, Institution | None`."""
    return db.session.execute(
        select(Enrolment, Person, Institution)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(Enrolment.cohort_id == cohort.id)
        .order_by(Person.name, Person.id)
    ).all()


def enrolment_of(cohort: Cohort, enrolment_id: int) -> Enrolment:
    """One enrolment of that cohort; raises `NotFound`."""
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.cohort_id != cohort.id:
        raise NotFound(_("There is no such person in this cohort."))
    return enrolment


def enrolments_of(person_id: int) -> Sequence[Any]:
    """A person's enrolments, newest first, as rows `Enrolment, Cohort, TrainingBase, programme Activity`."""
    return db.session.execute(
        select(Enrolment, Cohort, TrainingBase, Activity)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(TrainingBase, TrainingBase.id == Cohort.base_id)
        .join(Activity, Activity.id == Enrolment.programme_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.id.desc())
    ).all()


@dataclass(frozen=True)
class RequiredActivity:
    """A hurdle of an enrolment: the activity in the version that the enrolment pins, and the group it stands in."""

    position: int
    activity: Activity
    version: int
    group_id: int | None


REQUIRED_BY = (
    select(
        Requirement.position,
        Activity,
        func.coalesce(EnrolmentPin.version, Activity.version),
        Requirement.group_id,
    )
    .join(Activity, Activity.id == Requirement.activity_id)
    .outerjoin(
        EnrolmentPin,
        and_(EnrolmentPin.activity_id == Activity.id, EnrolmentPin.enrolment_id == bindparam("of_enrolment")),
    )
    .where(
        Requirement.programme_id == bindparam("of_programme"),
        Requirement.version == bindparam("of_version"),
    )
    .order_by(Requirement.position)
)


def required_by(enrolment: Enrolment) -> list[RequiredActivity]:
    """The requirements of an enrolment, in the version of the programme that it keeps, in order."""
    asked = {
        "of_enrolment": enrolment.id,
        "of_programme": enrolment.programme_id,
        "of_version": enrolment.programme_version,
    }
    return [RequiredActivity(*row) for row in db.session.execute(REQUIRED_BY, asked)]


def requirements_of(programme_id: int, version: int) -> Sequence[Any]:
    """The requirements of one version of a programme in order, as rows `Requirement, Activity`."""
    return db.session.execute(
        select(Requirement, Activity)
        .join(Activity, Activity.id == Requirement.activity_id)
        .where(Requirement.programme_id == programme_id, Requirement.version == version)
        .order_by(Requirement.position)
    ).all()


def groups_of(programme_id: int, version: int) -> Sequence[RequirementGroup]:
    """The groups of one version of a programme, each before its members."""
    return db.session.scalars(
        select(RequirementGroup)
        .where(RequirementGroup.programme_id == programme_id, RequirementGroup.version == version)
        .order_by(RequirementGroup.position)
    ).all()


def present_version(programme_id: int) -> int:
    """The newest version of a programme: what those ask for who enrol now."""
    return db.session.scalars(select(Activity.version).where(Activity.id == programme_id)).one()


@dataclass(frozen=True)
class Credit:
    """Credits of one class that a programme gives."""

    class_code: str
    name_zh: str
    name_en: str
    amount: Decimal
    valid_from: date
    valid_until: date | None


def credits_of(programme_id: int, on: date | None = None) -> list[Credit]:
    """The credits that completing a programme gives on that day (today), by class; None of them adds to another."""
    return credits_of_several([programme_id], on)[programme_id]


def credits_of_several(programme_ids: Collection[int], on: date | None = None) -> dict[int, list[Credit]]:
    """For each programme the credits that completing it gives on that day (today); one query."""
    day = on or clock.today()
    found: dict[int, list[Credit]] = {one: [] for one in programme_ids}
    for programme_id, one in _credits(programme_ids):
        if one.valid_from <= day and (one.valid_until is None or day <= one.valid_until):
            found[programme_id].append(one)
    return found


def all_credits_of(programme_id: int) -> list[Credit]:
    """Every credit of a programme, past and to come, by class and first day."""
    return [one for _programme, one in _credits([programme_id])]


def _credits(programme_ids: Collection[int]) -> list[tuple[int, Credit]]:
    rows = db.session.execute(
        select(ProgrammeCredit, CreditClass)
        .join(CreditClass, CreditClass.code == ProgrammeCredit.class_code)
        .where(ProgrammeCredit.programme_id.in_(programme_ids))
        .order_by(CreditClass.code, ProgrammeCredit.valid_from)
    )
    return [
        (
            one.programme_id,
            Credit(kind.code, kind.name_zh, kind.name_en, one.amount, one.valid_from, one.valid_until),
        )
        for one, kind in rows
    ]


def credit_classes() -> Sequence[CreditClass]:
    """The classes of credits, by code."""
    return db.session.scalars(select(CreditClass).order_by(CreditClass.code)).all()


PINNED_VERSION = (
    select(EnrolmentPin.version)
    .join(Enrolment, Enrolment.id == EnrolmentPin.enrolment_id)
    .where(
        Enrolment.person_id == bindparam("of_person"),
        Enrolment.status != EnrolmentStatus.WITHDRAWN,
        EnrolmentPin.activity_id == bindparam("of_activity"),
    )
    .order_by(Enrolment.id.desc())
    .limit(1)
)


def pinned_version(person_id: int, activity_id: int) -> int | None:
    """The version of a required activity that the person's newest enrolment pins; None when none requires it.

    This is also the rule of who may open a course or a quiz as a trainee: whoever has an enrolment that is not
    withdrawn and requires it.
    """
    version: int | None = connection().scalar(PINNED_VERSION, {"of_person": person_id, "of_activity": activity_id})
    return version


def programmes() -> Sequence[tuple[Programme, Activity]]:
    """Every programme with its activity, by code."""
    statement = (
        select(Programme, Activity).join(Activity, Activity.id == Programme.activity_id).order_by(Programme.code)
    )
    return [(programme, activity) for programme, activity in db.session.execute(statement)]


def programmes_usable_within(paths: tuple[str, ...]) -> Sequence[Activity]:
    """The activities of the programmes owned at, above or below one of the scope paths, by code of the programme."""
    return db.session.scalars(
        select(Activity)
        .join(Programme, Programme.activity_id == Activity.id)
        .join(Scope, Scope.id == Activity.scope_id)
        .where(scopes.within(paths) | scopes.upward(paths))
        .order_by(Programme.code)
    ).all()


CANDIDATES = 20


def candidates(cohort: Cohort, search: str) -> Sequence[Any]:
    """People not yet in the cohort whose name or login contains `search`, as rows `Person, Institution | None`."""
    taken = exists().where(Enrolment.cohort_id == cohort.id, Enrolment.person_id == Person.id)
    return db.session.execute(
        select(Person, Institution)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(
            Person.active,
            ~taken,
            Person.name.contains(search, autoescape=True)
            | (Person.mobile == search)
            | (Person.email == search.lower()),
        )
        .order_by(Person.name, Person.id)
        .limit(CANDIDATES)
    ).all()


def visible_programmes(actor: Actor) -> Select[Any]:
    """A select of the programmes of the actor's places and of those above, as rows `Programme, Activity, Scope`."""
    paths = actor.paths(Permission.PROGRAMME_READ)
    statement = (
        select(Programme, Activity, Scope)
        .join(Activity, Activity.id == Programme.activity_id)
        .join(Scope, Scope.id == Activity.scope_id)
        .where(scopes.within(paths) | scopes.upward(paths))
    )
    return cast("Select[Any]", statement)


def programmes_visible_to(actor: Actor) -> Sequence[Any]:
    """The programmes the actor may read, by code, as rows `Programme, Activity, Scope`."""
    return db.session.execute(visible_programmes(actor).order_by(Programme.code)).all()


def programme_visible_to(actor: Actor, programme_id: int) -> Any:
    """The row `Programme, Activity, Scope` of one programme; raises `NotFound` for a stranger's."""
    row = db.session.execute(visible_programmes(actor).where(Programme.activity_id == programme_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such programme in your area."))
    return row


def scopes_of_programmes(actor: Actor) -> Sequence[Scope]:
    """The scopes on which the actor may add programmes, widest first."""
    held = Scope.path.in_(actor.paths(Permission.PROGRAMME_WRITE))
    return db.session.scalars(select(Scope).where(held).order_by(func.length(Scope.path), Scope.id)).all()


def activities_usable_at(paths: Sequence[str], present: Collection[int] = ()) -> Sequence[Activity]:
    """What a programme there may ask for: owned there or above, a whole and no programme; and what it has already."""
    wholes = [name for name in kinds.names() if kinds.get(name).wholes is None and name != PROGRAMME]
    usable = and_(Activity.kind.in_(wholes), scopes.upward(paths))
    return db.session.scalars(
        select(Activity)
        .join(Scope, Scope.id == Activity.scope_id)
        .where(usable | Activity.id.in_(present))
        .order_by(Activity.kind, Activity.title_zh, Activity.id)
    ).all()


def activities_by_ids(ids: Sequence[int]) -> Sequence[Activity]:
    """Activities by their ids."""
    return db.session.scalars(select(Activity).where(Activity.id.in_(ids))).all()


def kind_label(activity: Activity) -> str:
    """What kind of activity it is, for people."""
    return str(kinds.get(activity.kind).label)
