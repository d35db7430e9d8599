"""Whose account somebody may open or redirect: nobody's whose roles reach further than their own.

A code opens everything its person may do, and so does a login that is pointed elsewhere. Anybody can be enrolled at
one's own base; that alone gives no power over the roles they hold beyond it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select

from training.accounts.models import Person, RoleGrant
from training.core import clock, scopes
from training.core.access import Role
from training.core.db import db
from training.core.scopes import Scope

WITHIN_A_BASE = frozenset({Role.INSTRUCTOR, Role.SUPERVISOR})


def holds_beyond(
    paths: Collection[str], *, own: Collection[Role], counted: Collection[Role] = frozenset(Role) - {Role.TRAINEE}
) -> ColumnElement[bool]:
    """The condition that a `Person` holds, or will hold, one of the `counted` roles beyond the reach of `paths`.

    Within it lie the roles `own` on scopes at or below one of `paths`. Roles to come count as well: a code stays in
    force for weeks.
    """
    within = and_(RoleGrant.role.in_(sorted(own)), scopes.within(tuple(paths)))
    return (
        exists()
        .where(
            RoleGrant.person_id == Person.id,
            RoleGrant.scope_id == Scope.id,
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > clock.today()),
            RoleGrant.role.in_(sorted(counted)),
            not_(within),
        )
        .correlate(Person)
    )


def learns_beyond(paths: Collection[str]) -> ColumnElement[bool]:
    """The condition that a `Person` is a trainee somewhere that `paths` do not cover."""
    return holds_beyond(paths, own=[Role.TRAINEE], counted=[Role.TRAINEE])


def is_true(condition: ColumnElement[bool], person: Person) -> bool:
    """Whether one of the conditions above holds of that person."""
    return db.session.scalar(select(Person.id).where(Person.id == person.id, condition)) is not None
