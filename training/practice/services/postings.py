"""Assigning trainees to a rotation, and taking a posting back before anything is written on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from training.accounts import services as accounts
from training.activities.models import Activity
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.practice.kinds import ROTATION
from training.practice.models import HoursLine, Posting, Setting
from training.practice.permissions import Permission
from training.practice.queries import hours as queries
from training.practice.queries import plans
from training.programmes.models import Cohort, Enrolment, EnrolmentPin, EnrolmentStatus


@dataclass(frozen=True)
class PostingData:
    """What is the same for all who are assigned together."""

    setting: Setting
    unit: str
    supervisor_id: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Assigned:
    """How many postings were made now, and how many stood already."""

    new: int
    already: int


def assign(
    cohort: Cohort,
    rotation: Activity,
    enrolment_ids: Collection[int],
    data: PostingData,
    *,
    assigned_by: Actor | None,
) -> Assigned:
    """Assign trainees of a cohort to a rotation; the same again changes nothing. Does not commit.

    Raises `NotAllowed` or `Invalid`.
    """
    path = db.session.get_one(Scope, cohort.scope_id).path
    if assigned_by is not None:
        assigned_by.require(Permission.POSTING_WRITE, path)
    _require_sound(rotation, data, path)
    enrolments = _chosen(cohort, enrolment_ids, data)
    accounts.lock_all([one.person_id for one in enrolments])
    made = [posting for one in enrolments if (posting := _posting(cohort, rotation, one, data, assigned_by))]
    db.session.add_all(made)
    db.session.flush()
    audit.record_all(assigned_by, "posting.add", ((one, {"person_id": one.person_id}) for one in made))
    return Assigned(len(made), len(enrolments) - len(made))


def _require_sound(rotation: Activity, data: PostingData, path: str) -> None:
    if rotation.kind != ROTATION or rotation.id not in {one.id for one in plans.offered(ROTATION, path)}:
        raise Invalid(_("This rotation plan does not belong to your base; choose another."))
    if data.ends_on < data.starts_on:
        raise Invalid(_("The rotation ends before it starts; correct one of the two days."))
    if data.supervisor_id not in {one.id for one in queries.supervisors_at(path)}:
        raise Invalid(_("The chosen supervisor does not hold that role at this base today; choose another."))


def _chosen(cohort: Cohort, enrolment_ids: Collection[int], data: PostingData) -> list[Enrolment]:
    found = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.id.in_(enrolment_ids),
            Enrolment.status != EnrolmentStatus.WITHDRAWN,
        )
        .order_by(Enrolment.id)
    ).all()
    if not found or len(found) < len(set(enrolment_ids)):
        raise Invalid(_("Choose at least one trainee who is still in this cohort."))
    if data.supervisor_id in {one.person_id for one in found}:
        raise Invalid(_("Nobody supervises themselves; choose another supervisor, or leave that trainee out."))
    return list(found)


def _posting(
    cohort: Cohort, rotation: Activity, enrolment: Enrolment, data: PostingData, by: Actor | None
) -> Posting | None:
    """The new posting, or None when the trainee has this one already."""
    same = select(Posting.id).where(
        Posting.enrolment_id == enrolment.id,
        Posting.rotation_id == rotation.id,
        Posting.setting == data.setting,
        Posting.starts_on == data.starts_on,
    )
    if db.session.scalar(same) is not None:
        return None
    return Posting(
        enrolment_id=enrolment.id,
        cohort_id=cohort.id,
        person_id=enrolment.person_id,
        rotation_id=rotation.id,
        version=version_that_counts(enrolment.id, enrolment.person_id, rotation),
        setting=data.setting,
        unit=data.unit,
        supervisor_id=data.supervisor_id,
        starts_on=data.starts_on,
        ends_on=data.ends_on,
        assigned_at=clock.now(),
        assigned_by_id=by.id if by else None,
    )


def version_that_counts(enrolment_id: int, person_id: int, rotation: Activity) -> int:
    """The plan's version for a trainee: the one pinned, else that of the first posting, else the newest."""
    pinned = select(EnrolmentPin.version).where(
        EnrolmentPin.enrolment_id == enrolment_id, EnrolmentPin.activity_id == rotation.id
    )
    first = select(Posting.version).where(Posting.person_id == person_id, Posting.rotation_id == rotation.id)
    return db.session.scalar(pinned) or db.session.scalar(first.order_by(Posting.id).limit(1)) or rotation.version


def remove(cohort: Cohort, posting: Posting, *, removed_by: Actor) -> None:
    """Take back a posting on which no hours were written; raises `NotAllowed` or `Conflict`; does not commit."""
    removed_by.require(Permission.POSTING_WRITE, db.session.get_one(Scope, cohort.scope_id).path)
    accounts.lock(posting.person_id)
    if db.session.scalar(select(HoursLine.id).where(HoursLine.posting_id == posting.id).limit(1)) is not None:
        raise Conflict(_("Hours are written on this rotation already, so it stays. Assign another beside it."))
    audit.record(removed_by, "posting.remove", posting, person_id=posting.person_id, rotation_id=posting.rotation_id)
    db.session.delete(posting)
    db.session.flush()
