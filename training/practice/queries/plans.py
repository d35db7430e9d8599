"""Reading rotation plans and checklists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select

from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places import queries as places
from training.practice.kinds import ROTATION, SKILLS
from training.practice.models import ChecklistVersion, Posting, RotationVersion, SkillsAssessment
from training.practice.permissions import Permission
from training.programmes import queries as programmes


def visible_plans(actor: Actor) -> Select[Any]:
    """A select of the plans that the actor may write; lists and single loads both go through it."""
    statement = select(Activity).join(Scope, Scope.id == Activity.scope_id)
    return statement.where(Activity.kind.in_([ROTATION, SKILLS]), scopes.within(actor.paths(Permission.PLAN_WRITE)))


def plans_visible_to(actor: Actor) -> Sequence[Any]:
    """The actor's plans, as rows `Activity, Scope`, rotations first, by title."""
    statement = visible_plans(actor).add_columns(Scope).order_by(Activity.kind, Activity.title_zh, Activity.id)
    return db.session.execute(statement).all()


def plan_visible_to(actor: Actor, plan_id: int, *, lock: bool = False) -> Activity:
    """The plan of that id, held until the transaction ends if wished; raises `NotFound` for a stranger's."""
    statement = visible_plans(actor).where(Activity.id == plan_id)
    plan: Activity | None = db.session.scalar(
        statement.with_for_update(of=Activity, key_share=True) if lock else statement
    )
    if plan is None:
        raise NotFound(_("There is no such practice plan at your base."))
    return plan


def own_scopes(actor: Actor) -> Sequence[Scope]:
    """The bases and regions for which the actor may write plans, by path."""
    return db.session.scalars(
        select(Scope)
        .where(
            scopes.within(actor.paths(Permission.PLAN_WRITE)),
            Scope.kind != scopes.ScopeKind.COHORT,
            Scope.id.not_in(places.scopes_of_counties()),
        )
        .order_by(Scope.path)
    ).all()


def offered(kind: str, path: str) -> Sequence[Activity]:
    """The plans of a kind that the place of `path` may use: its own, and those from above, by title."""
    return db.session.scalars(
        select(Activity)
        .join(Scope, Scope.id == Activity.scope_id)
        .where(Activity.kind == kind, scopes.upward([path]))
        .order_by(Activity.title_zh, Activity.id)
    ).all()


def rotation_version(activity_id: int, version: int) -> RotationVersion:
    """A version of a rotation plan."""
    return db.session.get_one(RotationVersion, (activity_id, version))


def checklist_version(activity_id: int, version: int) -> ChecklistVersion:
    """A version of a checklist."""
    return db.session.get_one(ChecklistVersion, (activity_id, version))


def rotation_of_trainee(person_id: int, activity_id: int) -> tuple[Activity, int]:
    """A rotation of the trainee's with the version that counts; raises `NotFound` when neither asked for nor posted."""
    posted = select(Posting.version).where(Posting.person_id == person_id, Posting.rotation_id == activity_id)
    return _of_trainee(person_id, activity_id, ROTATION, posted.order_by(Posting.id))


def skills_of_trainee(person_id: int, activity_id: int) -> tuple[Activity, int]:
    """A skills assessment that the trainee's programme asks for, or that was held; raises `NotFound`."""
    held = select(SkillsAssessment.version).where(
        SkillsAssessment.person_id == person_id, SkillsAssessment.checklist_id == activity_id
    )
    return _of_trainee(person_id, activity_id, SKILLS, held.order_by(SkillsAssessment.id.desc()))


def _of_trainee(person_id: int, activity_id: int, kind: str, otherwise: Select[Any]) -> tuple[Activity, int]:
    version = programmes.pinned_version(person_id, activity_id) or db.session.scalar(otherwise.limit(1))
    activity = db.session.get(Activity, activity_id) if version else None
    if activity is None or version is None or activity.kind != kind:
        raise NotFound(_("This is not part of your practice."))
    return activity, version
