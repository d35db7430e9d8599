"""Lending one's role to somebody for a period (代理): a grant that rests on the lender's and ends no later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from training.accounts import queries, services
from training.accounts.models import Person, RoleGrant
from training.core import audit, clock
from training.core.access import Actor, Role
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotFound
from training.core.scopes import Scope

LENDABLE = frozenset({Role.INSTRUCTOR, Role.SUPERVISOR, Role.COORDINATOR, Role.OFFICER})
LONGEST = timedelta(days=92)


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date


def delegate(
    grant: RoleGrant, scope: Scope, person: Person, period: Period, reason: str, *, delegated_by: Actor
) -> RoleGrant:
    """Lend a role on its scope for a period; does not commit.

    Raises `NotFound` (not the actor's own role), `Invalid` (who, when or why does not fit) or `Conflict` (held).
    """
    if grant.person_id != delegated_by.id:
        raise NotFound(_("There is no such person or role here."))
    services.lock_all({person.id, delegated_by.id})
    db.session.refresh(grant)
    _require_lendable(grant)
    _require_period(grant, period)
    if person.id == delegated_by.id:
        raise Invalid(_("This is your own role; name somebody else."))
    if not reason.strip():
        raise Invalid(_("Write why somebody stands in for you."))
    if queries.holds(person.id, grant.role, scope, period.first, period.last):
        raise Conflict(
            _("%(name)s holds this role there in these days already; nothing was changed.", name=person.name)
        )
    lent = RoleGrant(
        person_id=person.id,
        role=grant.role,
        scope_id=grant.scope_id,
        starts_on=period.first,
        ends_on=period.last + timedelta(days=1),
        granted_by_id=delegated_by.id,
        delegated_from_id=grant.id,
    )
    db.session.add(lent)
    db.session.flush()
    audit.record(
        delegated_by,
        "grant.delegate",
        lent,
        person_id=person.id,
        role=grant.role.value,
        scope=scope.path,
        until=period.last.isoformat(),
        reason=reason.strip(),
    )
    return lent


def _require_lendable(grant: RoleGrant) -> None:
    if grant.role not in LENDABLE:
        raise Invalid(_("The role of %(role)s cannot be lent.", role=grant.role.label))
    if grant.delegated_from_id is not None:
        raise Invalid(_("This role was lent to you; it cannot be lent on."))


def _require_period(grant: RoleGrant, period: Period) -> None:
    if period.first < clock.today():
        raise Invalid(_("The first day has passed; begin today or later."))
    if not timedelta(0) <= period.last - period.first <= LONGEST:
        raise Invalid(_("Choose a last day from the first day on, at most %(days)d days later.", days=LONGEST.days))
    if grant.ends_on is not None and period.last >= grant.ends_on:  # it may have ended while the page was open
        raise Invalid(_("Your own role ends before that; choose an earlier last day."))


def take_back_all(person_id: int) -> int:
    """End everything that a person has lent (the account is closed); returns how many. Does not commit."""
    own = select(RoleGrant.id).where(RoleGrant.person_id == person_id)
    lent = select(RoleGrant).where(RoleGrant.delegated_from_id.in_(own), RoleGrant.ends_on > clock.today())
    several = db.session.scalars(lent).all()
    for one in several:
        services.end_now(one)
    return len(several)


def take_back(lent: RoleGrant, *, ended_by: Actor) -> None:
    """End what the actor has lent, at once; ended already changes nothing. Raises `NotFound`. Does not commit."""
    lender = db.session.get_one(RoleGrant, lent.delegated_from_id) if lent.delegated_from_id else None
    if lender is None or lender.person_id != ended_by.id:
        raise NotFound(_("There is no such person or role here."))
    if lent.ends_on is not None and lent.ends_on <= clock.today():
        return
    services.end_now(lent)
    audit.record(ended_by, "grant.end", lent, person_id=lent.person_id, role=lent.role.value)
