"""Reading consents, wishes, and people for those who look after their data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from training.accounts.models import Person
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.places.models import Institution
from training.privacy.models import Consent, ConsentSubject, Correction, CorrectionStatus, ErasureRequest
from training.privacy.permissions import Permission
from training.privacy.policies import visible_people


def person_visible_to(actor: Actor, person_id: int, permission: StrEnum) -> Person:
    """The person of that id; raises `NotFound` for a stranger's."""
    found: Person | None = db.session.scalar(visible_people(actor, permission).where(Person.id == person_id))
    if found is None:
        raise NotFound(_("There is no such person here."))
    return found


def institution_of(person: Person) -> Institution | None:
    """Where the person works."""
    return db.session.get(Institution, person.institution_id) if person.institution_id else None


def has_agreed(person_id: int, subject: ConsentSubject) -> bool:
    """Whether the newest word of a person on a subject is yes."""
    statement = select(Consent.given).where(Consent.person_id == person_id, Consent.subject == subject)
    return db.session.scalar(statement.order_by(Consent.id.desc()).limit(1)) is True


def waiting_correction(person_id: int) -> Correction | None:
    """The person's wish to correct that nobody has decided yet."""
    return db.session.scalar(
        select(Correction).where(Correction.person_id == person_id, Correction.status == CorrectionStatus.WAITING)
    )


def corrections_of(person_id: int) -> Sequence[Correction]:
    """A person's own wishes to correct, newest first."""
    statement = select(Correction).where(Correction.person_id == person_id)
    return db.session.scalars(statement.order_by(Correction.id.desc()).limit(20)).all()


def _waiting(actor: Actor) -> Select[Any]:
    people = visible_people(actor, Permission.CORRECTION_DECIDE).subquery()
    return (
        select(Correction)
        .join(people, people.c.id == Correction.person_id)
        .where(Correction.status == CorrectionStatus.WAITING, Correction.person_id != actor.id)
    )


def corrections_for(actor: Actor) -> Sequence[Any]:
    """What waits for the actor's decision, oldest first, as rows `Correction, Person, Institution | None`."""
    statement = (
        _waiting(actor)
        .add_columns(Person, Institution)
        .join(Person, Person.id == Correction.person_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
    )
    return db.session.execute(statement.order_by(Correction.id).limit(100)).all()


def count_corrections_for(actor: Actor) -> int:
    """How many wait for the actor's decision."""
    return db.session.scalar(select(func.count()).select_from(_waiting(actor).subquery())) or 0


def correction_for(actor: Actor, correction_id: int) -> Correction:
    """One that the actor may decide, waiting or not; raises `NotFound` for a stranger's."""
    people = visible_people(actor, Permission.CORRECTION_DECIDE).subquery()
    found: Correction | None = db.session.scalar(
        select(Correction).join(people, people.c.id == Correction.person_id).where(Correction.id == correction_id)
    )
    if found is None:
        raise NotFound(_("There is no such wish to correct here."))
    return found


def open_erasure(person_id: int) -> ErasureRequest | None:
    """The person's wish to be erased that still stands."""
    return db.session.scalar(
        select(ErasureRequest).where(
            ErasureRequest.person_id == person_id,
            ErasureRequest.taken_back_at.is_(None),
            ErasureRequest.done_at.is_(None),
        )
    )


def due_erasures(now: datetime, limit: int) -> Sequence[int]:
    """The ids of people whose wish to be erased has come due, oldest first."""
    return db.session.scalars(
        select(ErasureRequest.person_id)
        .where(ErasureRequest.due_at <= now, ErasureRequest.taken_back_at.is_(None), ErasureRequest.done_at.is_(None))
        .order_by(ErasureRequest.due_at)
        .limit(limit)
    ).all()
