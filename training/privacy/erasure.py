"""Erasing a person (PIPL 47): identity gives way to a token; counts, lines and numbers stay.

What others wrote in their own words about the person (reasons, advice, what hours were spent on) is emptied, in tables
that only grow as well: their triggers let that through once `erased_at` is set. The names of those who signed stay
beside what they signed, for they are the signature. Two records keep their words: the audit trail, which administrators
alone read and which must show why something was done, and the reason for which a certificate was revoked.

The packages above tell here what of theirs names people (`add`); the rooms below are named in this file.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, delete, select, update

from training.accounts import services as accounts
from training.accounts.models import AccessCode, Person, RoleGrant, Throttle
from training.core import audit, clock, outbox
from training.core.audit import HasId
from training.core.db import db
from training.core.errors import Conflict
from training.messages import services as messages
from training.practice.models import HoursLine, LogbookComment, LogbookEntry, SignedHours, SkillsAssessment
from training.privacy.models import Correction, ErasureRequest
from training.programmes.invitations.models import Application, ApplicationStatus
from training.programmes.models import Enrolment, Extension
from training.progress.models import Waiver

Eraser = Callable[[Person, str], None]
_erasers: list[Eraser] = []
AS_IT_IS = {"synchronize_session": "fetch"}  # what is loaded already is read again
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def add(eraser: Eraser) -> None:
    """Have `eraser` called with the person (still named) and the token, in the erasing transaction."""
    if eraser not in _erasers:
        _erasers.append(eraser)


def erase(person_id: int, *, by: HasId | None) -> str:
    """Erase a person; returns the token that stands for them from now on. Does not commit.

    Raises `NotFound`, or `Conflict` when they were erased before.
    """
    person = accounts.lock(person_id)
    if person.erased_at is not None:
        raise Conflict(_("This person was erased before."))
    token = "".join(secrets.choice(ALPHABET) for _place in range(8))
    now = clock.now()
    for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id)):
        if grant.ends_on is None or grant.ends_on > clock.today():
            accounts.end_now(grant)
    person.erased_at = now  # what is frozen otherwise may give up its name from here on
    db.session.flush()
    for eraser in _erasers:
        eraser(person, token)
    _forget(person, token)
    open_wishes = update(ErasureRequest).where(
        ErasureRequest.person_id == person_id,
        ErasureRequest.done_at.is_(None),
        ErasureRequest.taken_back_at.is_(None),
    )
    db.session.execute(open_wishes.values(done_at=now))
    audit.record(by, "person.erase", person, token=token)
    return token


def _delete_what_they_wrote_and_received(person: Person) -> None:
    """The logbook with its comments, the inbox with messages that nobody else received, codes, wishes' words."""
    entries = select(LogbookEntry.id).where(LogbookEntry.person_id == person.id)
    db.session.execute(delete(LogbookComment).where(LogbookComment.entry_id.in_(entries)))
    messages.forget(person.id)
    for table in (LogbookEntry, AccessCode):
        db.session.execute(delete(table).where(table.person_id == person.id))
    db.session.execute(update(Correction).where(Correction.person_id == person.id).values(wanted={}))


def _empty_what_others_wrote(person: Person) -> None:
    """The free words about the person beside what was signed, waived, extended, withdrawn or answered."""
    enrolments = select(Enrolment.id).where(Enrolment.person_id == person.id)
    for table, condition, words in (
        (HoursLine, HoursLine.person_id == person.id, ("what", "returned_reason")),
        (SignedHours, SignedHours.person_id == person.id, ("what", "reason")),
        (SkillsAssessment, SkillsAssessment.person_id == person.id, ("advice",)),
        (Extension, Extension.enrolment_id.in_(enrolments), ("reason",)),
        (Waiver, Waiver.enrolment_id.in_(enrolments), ("reason",)),
        (Enrolment, Enrolment.person_id == person.id, ("withdrawn_reason",)),
        (Correction, Correction.person_id == person.id, ("reason", "answer")),
    ):
        emptied = {name: _empty(getattr(table, name)) for name in words}
        db.session.execute(update(table).where(condition).values(emptied), execution_options=AS_IT_IS)


def _empty(column: Any) -> Any:
    """An empty text; where there was none, none still: some rules ask whether there is one."""
    return case((column.is_(None), None), else_="")


def _forget(person: Person, token: str) -> None:
    """What names the person in the rooms of the ground floor."""
    logins = [login for login in (person.mobile, person.email) if login]
    outbox.forget(logins)
    for login in logins:
        db.session.execute(delete(Throttle).where(Throttle.key.contains(login, autoescape=True)))
        db.session.execute(delete(Application).where(Application.login == login))  # waiting: a decision empties it
    own = Application.person_id == person.id
    db.session.execute(delete(Application).where(own, Application.status == ApplicationStatus.WAITING))
    db.session.execute(update(Application).where(own).values(name=token, login=None, institution="", reason=None))
    _delete_what_they_wrote_and_received(person)
    _empty_what_others_wrote(person)
    person.name = _("Erased person %(token)s", token=token)
    person.mobile = person.email = person.staff_number = person.institution_id = None
    person.id_number_sealed = person.id_number_index = None
    person.password_hash, person.stamp, person.active = "", secrets.token_hex(8), False
    db.session.flush()
