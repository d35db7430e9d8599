"""Adding people, granting roles, and the two short transactions of a sign-in."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import bindparam, case, delete, or_, select, update
from sqlalchemy import insert as insert_many

from training.accounts import id_numbers, logins
from training.accounts.models import Person, Profession, RoleGrant, Throttle
from training.accounts.permissions import Permission
from training.core import audit, clock
from training.core.access import Actor, Role
from training.core.db import batches, db, insert
from training.core.errors import Conflict, Invalid, NotFound
from training.core.keys import identity_key
from training.core.scopes import Scope


@dataclass(frozen=True, kw_only=True)
class PersonData:
    """What is written of a person; logins and numbers as they were typed."""

    name: str
    profession: Profession
    mobile: str | None = None
    email: str | None = None
    institution_id: int | None = None
    staff_number: str | None = None
    id_number: str | None = None

    def normalised(self) -> PersonData:
        """The same with logins and numbers brought to the form they are stored in.

        Raises `Invalid`: no login at all, or a malformed login, staff number or identity number.
        """
        mobile = logins.normalise(self.mobile) if self.mobile else None
        email = logins.normalise(self.email) if self.email else None
        staff_number = logins.normalise_staff_number(self.staff_number) if self.staff_number else None
        id_number = id_numbers.normalise(self.id_number) if self.id_number else None
        if mobile is None and email is None and not (staff_number and self.institution_id):
            raise Invalid(_("Give a mobile number, an e-mail address, or a staff number with its institution."))
        if mobile and not logins.is_mobile(mobile):
            raise Invalid(_("%(text)s is not a mobile number of 11 digits.", text=mobile))
        if email and not logins.is_email(email):
            raise Invalid(_("%(text)s is not an e-mail address.", text=email))
        if id_number and not id_numbers.is_valid(id_number):
            raise Invalid(_("The identity number is not valid: check its 18 characters."))
        return replace(self, mobile=mobile, email=email, staff_number=staff_number, id_number=id_number)


def add_person(data: PersonData, *, password_hash: str = "", added_by: Actor | None) -> Person:
    """Add somebody who can sign in, once activated when no password is given; does not commit.

    Raises `Invalid` (nothing to sign in with, or malformed) or `Conflict` (taken by somebody else).
    """
    data = data.normalised()
    _require_free(data)
    person = new_person(data, password_hash=password_hash)
    db.session.add(person)
    db.session.flush()
    audit.record(added_by, "person.add", person)
    return person


def new_person(data: PersonData, *, password_hash: str = "") -> Person:
    """The row of a person from normalised data, not yet added to the session."""
    return Person(
        name=data.name,
        mobile=data.mobile,
        email=data.email,
        password_hash=password_hash,
        stamp=secrets.token_hex(8),
        profession=data.profession,
        institution_id=data.institution_id,
        staff_number=data.staff_number,
        id_number_sealed=id_numbers.seal(data.id_number, identity_key()) if data.id_number else None,
        id_number_index=id_numbers.index(data.id_number, identity_key()) if data.id_number else None,
        active=True,
        created_at=clock.now(),
        activated_at=clock.now() if password_hash else None,
    )


def _require_free(data: PersonData) -> None:
    for column, value in ((Person.mobile, data.mobile), (Person.email, data.email)):
        if value and db.session.scalar(select(Person.id).where(column == value)):
            raise Conflict(_("Somebody signs in with %(login)s already; look for that person first.", login=value))
    if data.staff_number and data.institution_id:
        same = select(Person.id).where(
            Person.institution_id == data.institution_id, Person.staff_number == data.staff_number
        )
        if db.session.scalar(same):
            raise Conflict(_("Staff number %(number)s is taken at this institution.", number=data.staff_number))
    if data.id_number:
        index = id_numbers.index(data.id_number, identity_key())
        if db.session.scalar(select(Person.id).where(Person.id_number_index == index)):
            raise Conflict(_("Somebody with this identity number is here already; look for that person first."))


def lock(person_id: int) -> Person:
    """Serialise the writers of one person's history until the transaction ends; raises `NotFound`.

    Taken before any counter. It lets foreign keys to the person be checked meanwhile (`FOR NO KEY UPDATE`): two acts
    that have each written of the person before they come here would otherwise wait for each other for ever.
    """
    return lock_all([person_id])[0]


LOCKED = select(Person).where(Person.id.in_(bindparam("ids", expanding=True))).order_by(Person.id)
LOCKED = LOCKED.with_for_update(key_share=True)


def lock_all(person_ids: Collection[int]) -> list[Person]:
    """Lock several people as `lock` does, always in the order of their ids; raises `NotFound` if one is not there."""
    locked: list[Person] = []
    for some in batches(sorted(set(person_ids))):
        found = db.session.scalars(LOCKED, {"ids": list(some)}).all()
        if len(found) < len(some):
            raise NotFound(_("There is no such person or role here."))
        locked.extend(found)
    return locked


def add_grant(person: Person, role: Role, scope: Scope, *, granted_by: Actor | None) -> RoleGrant:
    """Give a role on a scope from today on; the same grant in force again changes nothing. Does not commit.

    An administrator's page asks for `GRANT_ADD` first; enrolling gives the trainee's role under its own permission.
    """
    return add_grants([person.id], role, scope, granted_by=granted_by)[0]


def add_grants(person_ids: Sequence[int], role: Role, scope: Scope, *, granted_by: Actor | None) -> list[RoleGrant]:
    """Give several people the same role on a scope, as `add_grant` does; does not commit.

    A grant that was ended today is taken up again: on this day it was held before.
    """
    held = _grants_in_force(person_ids, role, scope)
    taken_up = [held[one] for one in person_ids if one in held and held[one].ends_on is not None]
    for grant in taken_up:
        grant.ends_on = None
    first = {
        "role": role,
        "scope_id": scope.id,
        "starts_on": clock.today(),
        "ends_on": None,
        "granted_by_id": granted_by.id if granted_by else None,
    }
    without = [one for one in person_ids if one not in held]
    if without:
        db.session.execute(insert_many(RoleGrant), [{"person_id": one, **first} for one in without])
        held |= _grants_in_force(without, role, scope)
    details = {"role": role.value, "scope": scope.path}
    changed = [*taken_up, *(held[one] for one in without)]
    audit.record_all(granted_by, "grant.add", ((one, {"person_id": one.person_id, **details}) for one in changed))
    return [held[person_id] for person_id in person_ids]


def _grants_in_force(person_ids: Sequence[int], role: Role, scope: Scope) -> dict[int, RoleGrant]:
    in_force = or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= clock.today())
    own = RoleGrant.delegated_from_id.is_(None)  # what was lent ends with its lender's, and is no grant of one's own
    statement = select(RoleGrant).where(RoleGrant.role == role, RoleGrant.scope_id == scope.id, in_force, own)
    return {
        grant.person_id: grant
        for some in batches(person_ids)
        for grant in db.session.scalars(
            statement.where(RoleGrant.person_id.in_(some)).order_by(RoleGrant.ends_on.is_(None))
        )
    }


def end_grant(person: Person, grant: RoleGrant, scope: Scope, *, ended_by: Actor) -> None:
    """End a role at once; raises `NotAllowed` or `Conflict` (own administrator's role). Does not commit."""
    ended_by.require(Permission.GRANT_END, scope.path)
    if person.id == ended_by.id and grant.role is Role.ADMINISTRATOR:
        raise Conflict(_("You cannot end your own administrator's role; ask another administrator."))
    lock(person.id)  # as lending does, so that nothing is lent of a role that ends
    if grant.ends_on is not None and grant.ends_on <= clock.today():
        return
    end_now(grant)
    audit.record(ended_by, "grant.end", grant, person_id=person.id, role=grant.role.value)


def end_grants(person_id: int, scope: Scope) -> None:
    """End every role of a person on one scope (a withdrawn enrolment); does not commit."""
    statement = select(RoleGrant).where(
        RoleGrant.person_id == person_id, RoleGrant.scope_id == scope.id, RoleGrant.ends_on.is_(None)
    )
    for grant in db.session.scalars(statement):
        end_now(grant)


def end_now(grant: RoleGrant) -> None:
    """End a role at once, and what its holder has lent of it; does not commit.

    `ends_on` is the first day on which the role is not held any more; one that has not begun ends where it begins.
    """
    lent = select(RoleGrant).where(RoleGrant.delegated_from_id == grant.id, RoleGrant.ends_on > clock.today())
    for one in (grant, *db.session.scalars(lent)):
        one.ends_on = max(clock.today(), one.starts_on)
    db.session.flush()


WINDOW = timedelta(minutes=15)
TRIES_PER_LOGIN = 8
TRIES_PER_ADDRESS = 200  # a whole ward, or a classroom, shares one address


def count_try(login: str, address: str) -> bool:
    """Count a sign-in *before* the password is looked at; returns whether it is within the limits. Does not commit.

    Counting first makes guesses sent side by side count as well.
    """
    limits = {f"login:{login[:100]}": TRIES_PER_LOGIN, f"address:{address[:100]}": TRIES_PER_ADDRESS}
    return all(tries <= limits[key] for key, tries in count(dict.fromkeys(limits, 1)).items())


def count(points: Mapping[str, int]) -> dict[str, int]:
    """Add points to each key's count of the last 15 minutes; returns the counts. Does not commit.

    A key says what is counted and for whom (`address:203.0.113.7`), in at most 120 characters.
    """
    rows = [{"key": key, "since": clock.now(), "tries": points[key]} for key in sorted(points)]
    statement = insert(Throttle).values(rows)
    stale = Throttle.since < stale_before()
    counted = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "tries": case((stale, statement.excluded.tries), else_=Throttle.tries + statement.excluded.tries),
            "since": case((stale, statement.excluded.since), else_=Throttle.since),
        },
    ).returning(Throttle.key, Throttle.tries)
    return {row.key: row.tries for row in db.session.execute(counted)}


def stale_before() -> datetime:
    """The moment since which tries count."""
    return clock.now() - WINDOW


def forget_stale_tries() -> int:
    """Delete the counts that no longer count, with whatever was typed as a login; returns how many. Does not commit."""
    statement = delete(Throttle).where(Throttle.since < stale_before()).returning(Throttle.key)
    return len(db.session.execute(statement).all())


def forget_tries(login: str) -> None:
    """Start the login's count anew after a right password; does not commit."""
    db.session.execute(update(Throttle).where(Throttle.key == f"login:{login[:100]}").values(tries=0))
