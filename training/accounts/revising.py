"""Correcting what is kept of a person."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from training.accounts import id_numbers
from training.accounts.models import Person
from training.accounts.services import PersonData
from training.core.db import db
from training.core.errors import Conflict
from training.core.keys import identity_key

FIELDS = ("name", "profession", "institution_id", "staff_number")
LOGINS = ("mobile", "email")


def revise(person: Person, data: PersonData, *, logins_too: bool) -> list[str]:
    """Put the data in place of what is kept, and say which fields changed; the identity number stays as it is.

    Raises `Invalid` (malformed) or `Conflict` (taken by somebody else, or a login without `logins_too`). Take the
    person's lock first. Does not commit.
    """
    data = data.normalised()
    changed = [name for name in (*FIELDS, *LOGINS) if getattr(person, name) != getattr(data, name)]
    if not logins_too and any(name in changed for name in LOGINS):
        raise Conflict(
            _(
                "%(name)s signs in with these already; only the person or an administrator changes them.",
                name=person.name,
            )
        )
    _require_free(person, data)
    for name in changed:
        setattr(person, name, getattr(data, name))
    db.session.flush()
    return changed


def _require_free(person: Person, data: PersonData) -> None:
    others = select(Person.id).where(Person.id != person.id)
    for column, value in ((Person.mobile, data.mobile), (Person.email, data.email)):
        if value and db.session.scalar(others.where(column == value)):
            raise Conflict(_("Somebody else signs in with %(login)s; nothing was changed.", login=value))
    same = others.where(Person.institution_id == data.institution_id, Person.staff_number == data.staff_number)
    if data.staff_number and data.institution_id and db.session.scalar(same):
        raise Conflict(_("Staff number %(number)s is taken at this institution.", number=data.staff_number))


def id_number_of(person: Person) -> str | None:
    """The identity number in full; None when none is kept. Whoever shows it records the view first."""
    return id_numbers.unseal(person.id_number_sealed, identity_key()) if person.id_number_sealed else None
