"""Appointing practice supervisors: a coordinator gives the role at the own base, without an administrator."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from training.accounts import codes, logins
from training.accounts import queries as people
from training.accounts import services as accounts
from training.accounts.codes import Handout
from training.accounts.models import Person, RoleGrant
from training.accounts.services import PersonData
from training.core import audit
from training.core.access import Actor, Role
from training.core.db import db
from training.core.errors import Conflict, NotAllowed
from training.core.scopes import Scope
from training.places.models import TrainingBase
from training.practice.permissions import Permission
from training.programmes import slips


def appoint(base: TrainingBase, data: PersonData, *, appointed_by: Actor) -> Person:
    """Give somebody the role at a base, adding them first when nobody signs in like that; does not commit.

    Who has the role already keeps it. Raises `NotAllowed`, `Invalid` (no sound login) or `Conflict` (the login is that
    of somebody with another name).
    """
    scope = db.session.get_one(Scope, base.scope_id)
    appointed_by.require(Permission.SUPERVISOR_APPOINT, scope.path)
    person = _known(data) or accounts.add_person(data, added_by=appointed_by)
    accounts.lock(person.id)
    accounts.add_grant(person, Role.SUPERVISOR, scope, granted_by=appointed_by)
    return person


def _known(data: PersonData) -> Person | None:
    login = logins.normalise(data.mobile or data.email or "")
    person = people.by_login(login) if login else None
    if person is not None and person.name != data.name:
        raise Conflict(
            _("Somebody with another name signs in with %(login)s. Check the name and the number.", login=login)
        )
    return person


def dismiss(grant: RoleGrant, *, dismissed_by: Actor) -> None:
    """End the role from today on; what was signed stays signed. Raises `NotAllowed`. Does not commit."""
    dismissed_by.require(Permission.SUPERVISOR_APPOINT, db.session.get_one(Scope, grant.scope_id).path)
    accounts.lock(grant.person_id)
    accounts.end_now(grant)
    audit.record(dismissed_by, "grant.end", grant, person_id=grant.person_id, role=grant.role.value)


def make_code(grant: RoleGrant, *, made_by: Actor) -> tuple[Person, Handout]:
    """A code for a supervisor to set a password with; does not commit.

    Raises `NotAllowed`: a code opens everything its person may do, so it is for those whose roles lie within the base.
    """
    made_by.require(Permission.SUPERVISOR_APPOINT, db.session.get_one(Scope, grant.scope_id).path)
    person = accounts.lock(grant.person_id)
    within = select(Person.id).where(Person.id == person.id, Person.active, slips.within_reach(made_by))
    if db.session.scalar(within) is None:
        raise NotAllowed(_("This person has roles beyond your base. An administrator can make a code for them."))
    return person, codes.hand_over(person, made_by=made_by)
