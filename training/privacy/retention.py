"""How long people who no longer come are kept: after years without coming in they are erased, unless a rule keeps them.

Nobody with an open enrolment is erased, nobody who holds a role, nor whoever a package above keeps (`keep_while`; a
certificate in force does). PIPL 19: no longer than the purpose needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, or_, select

from training.accounts.models import Person, RoleGrant
from training.core import clock
from training.core.audit import AuditLine
from training.core.db import db
from training.programmes.models import Enrolment, EnrolmentStatus

Condition = Callable[[], ColumnElement[bool]]
CAME_IN = ("person.sign-in", "person.activation", "person.reset", "person.unlock")
_keeping: list[Condition] = []


def keep_while(condition: Condition) -> None:
    """Keep people (`Person.id`) as long as the condition holds."""
    if condition not in _keeping:
        _keeping.append(condition)


def years_before(moment: datetime, years: int) -> datetime:
    """The same day and hour some years earlier; 29 February becomes the 28th."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def forgettable(years: int, limit: int = 200) -> Sequence[Person]:
    """People who have not signed in for that many years and whom nothing keeps, longest away first."""
    before = years_before(clock.now(), years)
    return db.session.scalars(
        select(Person)
        .where(Person.erased_at.is_(None), Person.created_at < before, ~or_(*_kept(before)))
        .order_by(Person.id)
        .limit(limit)
    ).all()


def _kept(before: datetime) -> list[Any]:
    today = clock.today()
    signed_in = exists(
        select(AuditLine.id).where(
            AuditLine.verb.in_(CAME_IN),
            AuditLine.object_type == Person.__tablename__,
            AuditLine.object_id == cast(Person.id, String),
            AuditLine.at >= before,
        )
    )
    enrolled = exists(
        select(Enrolment.id).where(Enrolment.person_id == Person.id, Enrolment.status == EnrolmentStatus.OPEN)
    )
    working = exists(
        select(RoleGrant.id).where(
            RoleGrant.person_id == Person.id,
            RoleGrant.role != "trainee",
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > today),
        )
    )
    return [signed_in, enrolled, working, *(condition() for condition in _keeping)]
