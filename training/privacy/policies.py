"""Whose data somebody other than the person may see or correct.

An administrator: everybody's within the scope of that role (people belong to no scope, so it must be everywhere).
A coordinator: that of people with an enrolment in a cohort within the scope of that role, withdrawn ones included.
Lists and single loads start from `visible_people`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Select, exists, literal, or_, select

from training.accounts.models import Person
from training.core import scopes
from training.core.access import Actor
from training.core.scopes import Scope
from training.programmes.models import Cohort, Enrolment

EVERYWHERE = 1  # how many ids the path of everywhere holds


def visible_people(actor: Actor, permission: StrEnum) -> Select[Any]:
    """A select of the people, not erased, on whom the actor holds `permission`."""
    paths = actor.paths(permission)
    enrolled = exists(
        select(Enrolment.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(Enrolment.person_id == Person.id, scopes.within(paths))
    )
    everybody = any(path.count("/") == EVERYWHERE + 1 for path in paths)
    return select(Person).where(Person.erased_at.is_(None), or_(literal(everybody), enrolled))
