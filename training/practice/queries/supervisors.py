"""Reading who was given the role of practice supervisor at the coordinator's bases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select

from training.accounts.models import Person, RoleGrant
from training.core import clock, scopes
from training.core.access import Actor, Role
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope, ScopeKind
from training.places.models import Institution
from training.practice.permissions import Permission


def _appointed(actor: Actor) -> Select[Any]:
    """The roles in force at the actor's bases; what was lent ends with its lender's, and is not ended here."""
    return (
        select(RoleGrant)
        .join(Scope, Scope.id == RoleGrant.scope_id)
        .where(
            RoleGrant.role == Role.SUPERVISOR,
            RoleGrant.delegated_from_id.is_(None),
            RoleGrant.starts_on <= clock.today(),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > clock.today()),
            Scope.kind == ScopeKind.BASE,
            scopes.within(actor.paths(Permission.SUPERVISOR_APPOINT)),
        )
    )


def supervisors_of(actor: Actor) -> Sequence[Any]:
    """Everybody with the role, by base and name, as rows `RoleGrant, Scope, Person, Institution | None`."""
    return db.session.execute(
        _appointed(actor)
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .add_columns(Scope, Person, Institution)
        .order_by(Scope.path, Person.name, Person.id)
    ).all()


def appointment_of(actor: Actor, grant_id: int) -> RoleGrant:
    """One of those roles; raises `NotFound` for a stranger's."""
    found: RoleGrant | None = db.session.scalar(_appointed(actor).where(RoleGrant.id == grant_id))
    if found is None:
        raise NotFound(_("There is no such person or role here."))
    return found
