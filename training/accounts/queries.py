"""Reading people, and the actor of a request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Date, ScalarSelect, Select, and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import aliased

from training.accounts.models import NOTICE, AccessCode, Person, RoleGrant, Throttle
from training.core import clock, scopes
from training.core.access import Actor, Grant, Role, holders
from training.core.db import connection, db
from training.core.errors import NotFound
from training.core.scopes import Scope, ScopeKind
from training.places.models import Institution

PAGE = 50


def load_actor(session_text: str) -> Actor | None:
    """The actor behind the session's `id:stamp`, with the grants in force, in one query; None when stale."""
    number, _colon, stamp = session_text.partition(":")
    if not number.isdigit():
        return None
    rows = connection().execute(_actor[0], {"id": int(number), "today": clock.today()}).all()
    if not rows or rows[0].stamp != stamp:
        return None
    grants = tuple(Grant(Role(row.role), row.scope_id, row.path, row.name_zh, row.name_en) for row in rows if row.role)
    return Actor(
        id=rows[0].id,
        name=rows[0].name,
        grants=grants,
        stamp=stamp,
        unread=rows[0].unread,
        consented=rows[0].notice_version == NOTICE,
    )


def _in_force(today: Any) -> ColumnElement[bool]:
    return and_(RoleGrant.starts_on <= today, or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > today))


def _actor_statement(unread: Any) -> Select[Any]:
    today = bindparam("today", type_=Date)
    statement = (
        select(
            Person.id,
            Person.name,
            Person.stamp,
            Person.notice_version,
            RoleGrant.role,
            RoleGrant.scope_id,
            Scope.path,
            Scope.name_zh,
            Scope.name_en,
            unread.label("unread"),
        )
        .outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, _in_force(today)))
        .outerjoin(Scope, Scope.id == RoleGrant.scope_id)
        .where(Person.id == bindparam("id"), Person.active)
        .order_by(RoleGrant.id)
    )
    return cast("Select[Any]", statement)


_actor = [_actor_statement(literal(0))]


def count_unread_by(count: ScalarSelect[int]) -> None:
    """Have `count`, correlated to `Person`, counted in the query that loads the actor: a number on every page."""
    _actor[0] = _actor_statement(count)


def by_login(login: str) -> Person | None:
    """The active person who signs in with this (normalised) mobile number or e-mail address."""
    return db.session.scalar(select(Person).where(or_(Person.mobile == login, Person.email == login), Person.active))


def by_staff_number(institution_id: int, staff_number: str) -> Person | None:
    """The active person of that (normalised) staff number at that institution."""
    return db.session.scalar(
        select(Person).where(
            Person.institution_id == institution_id, Person.staff_number == staff_number, Person.active
        )
    )


def behind(session_text: str) -> Person | None:
    """The active person behind the session's `id:stamp`; None when it is stale."""
    number, _colon, stamp = session_text.partition(":")
    found = db.session.get(Person, int(number)) if number.isdigit() else None
    return found if found is not None and found.active and found.stamp == stamp else None


def has_tries(*, before: datetime) -> bool:
    """Whether tries to sign in are kept that began before that moment."""
    return db.session.scalar(select(Throttle.key).where(Throttle.since < before).limit(1)) is not None


def has_codes(*, before: datetime) -> bool:
    """Whether a one-time code is kept that was made before that moment."""
    return db.session.scalar(select(AccessCode.id).where(AccessCode.created_at < before).limit(1)) is not None


def person(person_id: int) -> Person:
    """The person of that id; raises `NotFound`."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound(_("There is no such person or role here."))
    return found


def active_person(text: str) -> Person:
    """The active person whose id a form sent as text; raises `NotFound` for anything else."""
    found = db.session.get(Person, int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if found is None or not found.active:
        raise NotFound(_("There is no such person or role here."))
    return found


@dataclass(frozen=True)
class PeoplePage:
    """A page of people as rows `Person, Institution | None`, with how many there are in all."""

    rows: Sequence[Any]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // PAGE)


def people(search: str, number: int) -> PeoplePage:
    """The page of that number of the people whose name or login contains `search`, by name."""
    condition = or_(
        Person.name.contains(search, autoescape=True),
        Person.mobile.contains(search, autoescape=True),
        Person.email.contains(search.lower(), autoescape=True),
    )
    statement = select(Person, Institution).outerjoin(Institution, Institution.id == Person.institution_id)
    total = db.session.scalar(select(func.count()).select_from(Person).where(condition)) or 0
    statement = statement.where(condition).order_by(Person.name, Person.id)
    rows = db.session.execute(statement.limit(PAGE).offset((number - 1) * PAGE)).all()
    return PeoplePage(rows, number, total)


def person_with_institution(person_id: int) -> tuple[Person, Institution | None]:
    """The person of that id and where they work; raises `NotFound`."""
    row = db.session.execute(
        select(Person, Institution)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(Person.id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_("There is no such person or role here."))
    return row[0], row[1]


def roles_of(person_ids: Collection[int]) -> Mapping[int, list[tuple[Role, Scope]]]:
    """For each person the roles in force now, each with its scope; one query."""
    rows = db.session.execute(
        select(RoleGrant.person_id, RoleGrant.role, Scope)
        .join(Scope, Scope.id == RoleGrant.scope_id)
        .where(RoleGrant.person_id.in_(person_ids), _in_force(clock.today()))
        .order_by(RoleGrant.id)
    )
    roles: dict[int, list[tuple[Role, Scope]]] = {one: [] for one in person_ids}
    for person_id, role, scope in rows:
        roles[person_id].append((role, scope))
    return roles


def actors_holding(permission: StrEnum, *conditions: ColumnElement[bool]) -> list[Actor]:
    """Everybody who holds the permission somewhere now and whose account is in use, with those grants; one query.

    `conditions` are further ones on `Person`, and on the `Scope` of a grant.
    """
    rows = db.session.execute(
        select(Person.id, Person.name, RoleGrant.role, Scope)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Scope, Scope.id == RoleGrant.scope_id)
        .where(RoleGrant.role.in_(holders(permission)), _in_force(clock.today()))
        .where(Person.active, Person.activated_at.is_not(None), Person.erased_at.is_(None), *conditions)
        .order_by(Person.id, RoleGrant.id)
    ).all()
    return [
        Actor(person_id, name, tuple(Grant(one.role, one.Scope.id, one.Scope.path) for one in several))
        for (person_id, name), several in groupby(rows, key=lambda row: (row.id, row.name))
    ]


def grantable_scopes(paths: tuple[str, ...]) -> Sequence[Scope]:
    """Everywhere, regions and bases at or below one of `paths`, from the top down; cohorts take roles by enrolment."""
    statement = select(Scope).where(Scope.kind != ScopeKind.COHORT, scopes.within(paths))
    return db.session.scalars(statement.order_by(Scope.id)).all()


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


def holds(person_id: int, role: Role, scope: Scope, first: date, last: date) -> bool:
    """Whether the person holds the role on that scope or one above it on any day from `first` to `last`."""
    statement = (
        select(RoleGrant.id)
        .join(Scope, Scope.id == RoleGrant.scope_id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            scopes.upward([scope.path]),
            RoleGrant.starts_on <= last,
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > first),
        )
    )
    return db.session.scalar(statement.limit(1)) is not None


def own_grants(person_id: int) -> Sequence[Any]:
    """The roles a person holds now, as rows `RoleGrant, Scope`, oldest first."""
    return db.session.execute(
        select(RoleGrant, Scope)
        .join(Scope, Scope.id == RoleGrant.scope_id)
        .where(RoleGrant.person_id == person_id, _in_force(clock.today()))
        .order_by(RoleGrant.id)
    ).all()


def lent_by(person_id: int) -> Sequence[Any]:
    """What a person has lent, newest first, as rows `RoleGrant, Scope, Person` with the one who stands in."""
    own = aliased(RoleGrant)
    return db.session.execute(
        select(RoleGrant, Scope, Person)
        .join(own, own.id == RoleGrant.delegated_from_id)
        .join(Scope, Scope.id == RoleGrant.scope_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(own.person_id == person_id)
        .order_by(RoleGrant.id.desc())
        .limit(PAGE)
    ).all()
