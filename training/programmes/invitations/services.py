"""Making invitations, applying, and deciding. Places are counted under the invitation's lock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from training.accounts import logins
from training.accounts import queries as people
from training.accounts import services as accounts
from training.accounts.models import Person, Profession
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.db import insert as insert_into
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.places import queries as places
from training.programmes import services as programme_services
from training.programmes.invitations import queries
from training.programmes.invitations.models import Application, ApplicationStatus, Invitation
from training.programmes.models import Cohort
from training.programmes.permissions import Permission

MOST = 5000
LONGEST_DAYS = 366
DECLINED_KEPT_FOR = timedelta(days=30)
"""How long a coordinator can look up who was declined, and why."""


def open_invitation(cohort: Cohort, *, last_day: date, most: int, opened_by: Actor) -> Invitation:
    """Make an invitation to a cohort; raises `NotAllowed` or `Invalid`. Does not commit."""
    opened_by.require(Permission.INVITATION_OPEN, db.session.get_one(Scope, cohort.scope_id).path)
    if not 0 <= (last_day - clock.today()).days <= LONGEST_DAYS:
        raise Invalid(_("The last day of an invitation lies between today and a year from now."))
    if not 1 <= most <= MOST:
        raise Invalid(_("An invitation is for 1 to %(most)s people.", most=MOST))
    invitation = Invitation(
        cohort_id=cohort.id,
        token=secrets.token_urlsafe(16),
        last_day=last_day,
        most=most,
        created_at=clock.now(),
        created_by_id=opened_by.id,
    )
    db.session.add(invitation)
    db.session.flush()
    audit.record(opened_by, "invitation.open", invitation, cohort_id=cohort.id, most=most, last_day=str(last_day))
    return invitation


def close(cohort: Cohort, invitation: Invitation, *, closed_by: Actor) -> None:
    """Close an invitation for good; who has applied stays. Again, it changes nothing. Does not commit."""
    closed_by.require(Permission.INVITATION_OPEN, db.session.get_one(Scope, cohort.scope_id).path)
    if invitation.closed_at is None:
        invitation.closed_at = clock.now()
        db.session.flush()
        audit.record(closed_by, "invitation.close", invitation)


def why_closed(invitation: Invitation, taken: int) -> str | None:
    """Why nobody can apply any more, in words, or None while they can."""
    if invitation.closed_at is not None:
        return str(_("This invitation has been closed."))
    if clock.today() > invitation.last_day:
        return str(_("This invitation has run out."))
    if taken >= invitation.most:
        return str(_("All places of this invitation are taken."))
    return None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody without an account sends."""

    name: str
    login: str
    profession: Profession
    institution: str

    def normalised_login(self) -> str:
        """The login in the form it is stored in; raises `Invalid`."""
        login = logins.normalise(self.login)
        if not logins.is_mobile(login) and not logins.is_email(login):
            raise Invalid(_("%(text)s is neither a mobile number of 11 digits nor an e-mail address.", text=login))
        return login


def apply_anew(invitation: Invitation, wish: Wish, *, password_hash: str) -> None:
    """Take the application of somebody new; the same login again changes nothing, nor does it tell. Does not commit.

    Raises `Conflict` (closed, over, full) or `Invalid` (malformed login).
    """
    _take(
        invitation,
        login=wish.normalised_login(),
        name=wish.name,
        profession=wish.profession,
        institution=wish.institution,
        password_hash=password_hash,
        person_id=None,
    )


def apply_as(invitation: Invitation, person: Person) -> None:
    """Take the application of somebody who has signed in; again, it changes nothing. Does not commit.

    Raises `Conflict` (closed, over, full, in the cohort already).
    """
    if queries.is_enrolled(invitation.cohort_id, person.id):
        raise Conflict(
            _("You are in this cohort already, or have left it. Start from your home page, or ask its coordinator.")
        )
    _take(
        invitation,
        login=f"person:{person.id}",
        name=person.name,
        profession=person.profession,
        institution="",
        password_hash="",
        person_id=person.id,
    )


def _take(invitation: Invitation, *, login: str, **values: object) -> None:
    """Write the application unless this login has one; the invitation's lock keeps the number of places."""
    db.session.execute(
        select(Invitation.id).where(Invitation.id == invitation.id).with_for_update(key_share=True)
    ).all()
    db.session.refresh(invitation)
    known = select(Application.id).where(Application.invitation_id == invitation.id, Application.login == login)
    if db.session.scalar(known) is not None:
        return
    closed = why_closed(invitation, queries.places_taken(invitation))
    if closed:
        raise Conflict(_("%(why)s Ask who gave it to you for another way.", why=closed))
    statement = insert_into(Application).values(
        invitation_id=invitation.id,
        login=login,
        status=ApplicationStatus.WAITING,
        applied_at=clock.now(),
        **values,
    )
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["invitation_id", "login"]))


def approve(cohort: Cohort, application: Application, *, approved_by: Actor) -> Person:
    """Add the person (or take the one who applied signed in) and enrol them; again, it changes nothing.

    Raises `NotAllowed` or `Conflict` (declined before; the login is somebody else's by now). Does not commit.
    """
    _lock(cohort, application, approved_by)
    if application.status is ApplicationStatus.DECLINED:
        raise Conflict(_("This application was declined before; the person can apply again."))
    if application.status is ApplicationStatus.APPROVED:
        return people.person(application.person_id or 0)
    person = accounts.lock(application.person_id) if application.person_id else _new_person(application, approved_by)
    if not person.active:
        raise Conflict(_("This person's account is closed by now; decline the application."))
    if not queries.is_enrolled(cohort.id, person.id):
        programme_services.enrol(cohort, person, enrolled_by=approved_by)
    application.person_id, application.name = person.id, ""
    _decide(application, ApplicationStatus.APPROVED, approved_by)
    audit.record(approved_by, "application.approve", application, person_id=person.id)
    return person


def _new_person(application: Application, approved_by: Actor) -> Person:
    """The new account; `add_person` refuses a login that is somebody's: nobody gets into an account by its number."""
    login = application.login or ""
    institution = places.institution_called(application.institution) if application.institution else None
    return accounts.add_person(
        accounts.PersonData(
            name=application.name,
            mobile=login if logins.is_mobile(login) else None,
            email=None if logins.is_mobile(login) else login,
            profession=application.profession,
            institution_id=institution.id if institution else None,
        ),
        password_hash=application.password_hash,
        added_by=approved_by,
    )


def decline(cohort: Cohort, application: Application, reason: str, *, declined_by: Actor) -> None:
    """Decline an application for a reason; again, it changes nothing. Does not commit.

    Raises `NotAllowed`, `Invalid` (no reason) or `Conflict` (approved before).
    """
    _lock(cohort, application, declined_by)
    if application.status is ApplicationStatus.DECLINED:
        return
    if application.status is ApplicationStatus.APPROVED:
        raise Conflict(_("This application was approved before; withdraw the enrolment instead."))
    if not reason.strip():
        raise Invalid(_("Write why the application is declined."))
    application.reason = reason.strip()
    _decide(application, ApplicationStatus.DECLINED, declined_by)
    audit.record(declined_by, "application.decline", application, reason=reason.strip())


def _lock(cohort: Cohort, application: Application, actor: Actor) -> None:
    """Let one decide at a time, then see the application as it is now."""
    actor.require(Permission.APPLICATION_DECIDE, db.session.get_one(Scope, cohort.scope_id).path)
    row = select(Application.id).where(Application.id == application.id).with_for_update(key_share=True)
    db.session.execute(row).all()
    db.session.refresh(application)


def _decide(application: Application, status: ApplicationStatus, actor: Actor) -> None:
    """Note the decision; what only served it is forgotten."""
    application.status = status
    application.decided_at, application.decided_by_id = clock.now(), actor.id
    application.login, application.password_hash, application.institution = None, "", ""
    db.session.flush()


def declined_before() -> datetime:
    """The moment before which a declined application says nothing of the person any more."""
    return clock.now() - DECLINED_KEPT_FOR


def forget_declined() -> int:
    """Empty what applications declined longer ago say of people; returns how many. Does not commit."""
    old = update(Application).where(*queries.declined(declined_before()))
    emptied = old.values(name="", person_id=None, reason=None).returning(Application.id)
    return len(db.session.execute(emptied).all())
