"""Reading people, and the actor of a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, func, or_, select

from training.accounts.models import Person, RoleGrant
from training.core import clock
from training.core.access import Actor, Grant, Role
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places.models import Institution

PAGE = 50


def load_actor(session_text: str) -> Actor | None:
    """The actor behind the session's `id:stamp`, with the grants in force, in one query; None when stale."""
    number, _colon, stamp = session_text.partition(":")
    if not number.isdigit():
        return None
    rows = db.session.execute(_ACTOR, {"id": int(number), "today": clock.today()}).all()
    if not rows or rows[0].stamp != stamp:
        return None
    grants = tuple(Grant(Role(row.role), row.scope_id, row.path) for row in rows if row.role)
    return Actor(id=rows[0].id, name=rows[0].name, grants=grants, stamp=stamp)


def _in_force(today: Any) -> ColumnElement[bool]:
    return and_(RoleGrant.starts_on <= today, or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > today))


def _actor_statement() -> Select[Any]:
    today = bindparam("today", type_=Date)
    statement = (
        select(Person.id, Person.name, Person.stamp, RoleGrant.role, RoleGrant.scope_id, Scope.path)
        .outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, _in_force(today)))
        .outerjoin(Scope, Scope.id == RoleGrant.scope_id)
        .where(Person.id == bindparam("id"), Person.active)
        .order_by(RoleGrant.id)
    )
    return cast("Select[Any]", statement)


_ACTOR = _actor_statement()


def by_login(login: str) -> Person | None:
    """The active person who signs in with this (normalised) mobile number or e-mail address."""
    return db.session.scalar(select(Person).where(or_(Person.mobile == login, Person.email == login), Person.active))


def person(person_id: int) -> Person:
    """The person of that id; raises `NotFound`."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound(_("There is no such person or role here."))
    return found


def people(search: str, page: int) -> tuple[Sequence[Any], int]:
    """A page of people (`Person, Institution | None`) whose name or login contains `search`; how many in all."""
    condition = or_(
        Person.name.contains(search, autoescape=True),
        Person.mobile.contains(search, autoescape=True),
        Person.email.contains(search.lower(), autoescape=True),
    )
    statement = select(Person, Institution).outerjoin(Institution, Institution.id == Person.institution_id)
    total = db.session.scalar(select(func.count()).select_from(Person).where(condition)) or 0
    statement = statement.where(condition).order_by(Person.name, Person.id)
    return db.session.execute(statement.limit(PAGE).offset((page - 1) * PAGE)).all(), total


def grants_of(person_id: int) -> Sequence[Any]:
    """Every grant of a person, past ones too, as rows `RoleGrant, Scope`, newest first."""
    return db.session.execute(
        select(RoleGrant, Scope)
        .join(Scope, Scope.id == RoleGrant.scope_id)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.id.desc())
    ).all()


def grant_of(person_id: int, grant_id: int) -> RoleGrant:
    """One grant of that person; raises `NotFound`."""
    found = db.session.get(RoleGrant, grant_id)
    if found is None or found.person_id != person_id:
        raise NotFound(_("There is no such person or role here."))
    return found
