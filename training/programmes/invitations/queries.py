"""Reading invitations and applications: the coordinator's through the cohorts they see, the public one by its token."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, func, or_, select

from training.accounts.models import Person
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places.models import TrainingBase
from training.programmes.invitations.models import Application, ApplicationStatus, Invitation
from training.programmes.models import Cohort, Enrolment
from training.programmes.permissions import Permission

PAGE = 50


def invitations_of(cohort: Cohort) -> Sequence[Any]:
    """A cohort's invitations, newest first, as rows `Invitation, waiting, approved, declined`."""
    counts = (func.count(Application.id).filter(Application.status == status) for status in ApplicationStatus)
    return db.session.execute(
        select(Invitation, *counts)
        .outerjoin(Application, Application.invitation_id == Invitation.id)
        .where(Invitation.cohort_id == cohort.id)
        .group_by(Invitation.id)
        .order_by(Invitation.id.desc())
    ).all()


def invitation_of(cohort: Cohort, invitation_id: int) -> Invitation:
    """One invitation of that cohort; raises `NotFound`."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.cohort_id != cohort.id:
        raise NotFound(_("There is no such invitation to this cohort."))
    return found


def by_token(token: str) -> Any:
    """The invitation behind a link as a row `Invitation, Cohort, TrainingBase, programme Activity`; else `NotFound`."""
    row = db.session.execute(
        select(Invitation, Cohort, TrainingBase, Activity)
        .join(Cohort, Cohort.id == Invitation.cohort_id)
        .join(TrainingBase, TrainingBase.id == Cohort.base_id)
        .join(Activity, Activity.id == Cohort.programme_id)
        .where(Invitation.token == token)
    ).one_or_none()
    if row is None:
        raise NotFound(_("This invitation does not exist. Check the link, or ask who gave it to you."))
    return row


def places_taken(invitation: Invitation) -> int:
    """How many places of an invitation are taken: whoever waits or was approved."""
    statement = select(func.count(Application.id)).where(
        Application.invitation_id == invitation.id, Application.status != ApplicationStatus.DECLINED
    )
    return db.session.scalar(statement) or 0


def is_enrolled(cohort_id: int, person_id: int) -> bool:
    """Whether the person is, or was, in that cohort."""
    enrolled = select(Enrolment.id).where(Enrolment.cohort_id == cohort_id, Enrolment.person_id == person_id)
    return db.session.scalar(enrolled) is not None


def applications_of(cohort: Cohort, status: ApplicationStatus, number: int) -> tuple[Sequence[Any], int]:
    """A page of a cohort's applications of that status, oldest first, and how many there are.

    Rows `Application, name, login is somebody's, decided by`: nobody is attached to an account by its number.
    """
    statement = (
        select(Application)
        .join(Invitation, Invitation.id == Application.invitation_id)
        .where(Invitation.cohort_id == cohort.id, Application.status == status)
    )
    total = db.session.scalar(statement.with_only_columns(func.count())) or 0
    taken = exists().where(
        or_(Person.mobile == Application.login, Person.email == Application.login), Application.person_id.is_(None)
    )
    names = {
        column: select(Person.name).where(Person.id == column).correlate(Application).scalar_subquery()
        for column in (Application.person_id, Application.decided_by_id)
    }
    name = func.coalesce(names[Application.person_id], Application.name)
    rows = (
        statement.add_columns(name, taken.correlate(Application), names[Application.decided_by_id])
        .order_by(Application.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return db.session.execute(rows).all(), total


def application_of(cohort: Cohort, application_id: int) -> Application:
    """One application to that cohort; raises `NotFound`."""
    found: Application | None = db.session.scalar(
        select(Application)
        .join(Invitation, Invitation.id == Application.invitation_id)
        .where(Application.id == application_id, Invitation.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFound(_("There is no such application to this cohort."))
    return found


def has_declined(*, before: datetime) -> bool:
    """Whether an application that was declined before that moment still has a name."""
    return db.session.scalar(select(Application.id).where(*declined(before)).limit(1)) is not None


def declined(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions of the applications that were declined before that moment and still have a name."""
    return (
        Application.status == ApplicationStatus.DECLINED,
        Application.decided_at < before,
        Application.name != "",
    )


def waiting_for(actor: Actor) -> Sequence[Any]:
    """Where applications wait for this actor, as rows `Cohort, how many`, the longest waiting first; one query."""
    return db.session.execute(
        select(Cohort, func.count(Application.id))
        .join(Scope, Scope.id == Cohort.scope_id)
        .join(Invitation, Invitation.cohort_id == Cohort.id)
        .join(Application, Application.invitation_id == Invitation.id)
        .where(
            Application.status == ApplicationStatus.WAITING,
            scopes.within(actor.paths(Permission.APPLICATION_DECIDE)),
        )
        .group_by(Cohort.id)
        .order_by(func.min(Application.id))
    ).all()
