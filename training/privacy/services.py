"""Consent, correction, the wish to be erased, and looking after people's data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from flask_babel import gettext as _
from sqlalchemy import and_

from training.accounts import codes, delegations, id_numbers, reach, revising
from training.accounts import services as accounts
from training.accounts.models import NOTICE, Person, Profession
from training.accounts.services import PersonData
from training.core import audit, clock
from training.core.access import Actor, Role
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotAllowed, NotFound
from training.core.keys import identity_key
from training.privacy import queries
from training.privacy.models import Consent, ConsentSubject, Correction, CorrectionStatus, ErasureRequest
from training.privacy.permissions import Permission

TIME_TO_THINK = timedelta(days=7)


def agree(person_id: int, *, id_number: bool, by: Actor) -> None:
    """Write down that a person agrees to the present notice, and whether to the keeping of the identity number.

    Without the latter a number that is kept is forgotten at once. Twice is harmless. Does not commit.
    """
    person = accounts.lock(person_id)
    if person.notice_version != NOTICE:
        person.notice_version = NOTICE
        _write(person, ConsentSubject.NOTICE, given=True)
        audit.record(by, "consent.give", person, version=NOTICE)
    if person.id_number_sealed is not None:
        agree_to_id_number(person, given=id_number, by=by)


def agree_to_id_number(person: Person, *, given: bool, by: Actor) -> None:
    """Give or withdraw the consent to keep the identity number; withdrawn, it is forgotten. Does not commit."""
    if given == queries.has_agreed(person.id, ConsentSubject.ID_NUMBER) and (given or not person.id_number_sealed):
        return
    _write(person, ConsentSubject.ID_NUMBER, given=given)
    if not given:
        person.id_number_sealed = person.id_number_index = None
        audit.record(by, "consent.withdraw", person, about=ConsentSubject.ID_NUMBER.value)
    db.session.flush()


def _write(person: Person, subject: ConsentSubject, *, given: bool) -> None:
    db.session.add(Consent(person_id=person.id, subject=subject, version=NOTICE, given=given, at=clock.now()))
    db.session.flush()


def ask_correction(wanted: dict[str, object], reason: str, *, asked_by: Actor) -> Correction:
    """Ask for one's own data to be corrected; `wanted` by field (`revising.FIELDS`). Does not commit.

    Raises `Invalid` when nothing would change, `Conflict` when a wish waits already.
    """
    person = accounts.lock(asked_by.id)
    changed = {name: value for name, value in wanted.items() if value != getattr(person, name)}
    if not changed:
        raise Invalid(_("Nothing differs from what is kept; change what is wrong."))
    if queries.waiting_correction(person.id) is not None:
        raise Conflict(_("A correction of yours waits already. Once it is decided you can ask for another."))
    wish = Correction(
        person_id=person.id, wanted=changed, reason=reason, status=CorrectionStatus.WAITING, asked_at=clock.now()
    )
    db.session.add(wish)
    db.session.flush()
    audit.record(asked_by, "correction.ask", wish, fields=sorted(changed))
    return wish


def decide_correction(wish: Correction, *, accept: bool, answer: str, decided_by: Actor) -> None:
    """Accept a wish, which corrects the person, or decline it with an answer. Does not commit.

    Raises `Conflict` (decided already, or one's own), `Invalid` (declined without an answer).
    """
    person = accounts.lock(wish.person_id)
    db.session.refresh(wish)
    if wish.status is not CorrectionStatus.WAITING:
        raise Conflict(_("This wish has been decided already; reload the page."))
    if wish.person_id == decided_by.id:
        raise Conflict(_("This is your own wish; somebody else decides it."))
    if not accept and not answer.strip():
        raise Invalid(_("Write why it is declined; the person reads it."))
    if accept:
        revise(person, data_of(person, **wish.wanted), by=decided_by)
    wish.status = CorrectionStatus.ACCEPTED if accept else CorrectionStatus.DECLINED
    wish.decided_at, wish.decided_by_id, wish.answer = clock.now(), decided_by.id, answer.strip() or None
    db.session.flush()
    audit.record(decided_by, "correction.accept" if accept else "correction.decline", wish, person_id=person.id)


def data_of(person: Person, **changed: object) -> PersonData:
    """What is kept of a person, with some fields changed; the identity number is left out."""
    data = PersonData(
        name=person.name,
        profession=person.profession,
        mobile=person.mobile,
        email=person.email,
        institution_id=person.institution_id,
        staff_number=person.staff_number,
    )
    if "profession" in changed:
        changed["profession"] = Profession(str(changed["profession"]))
    return replace(data, **changed)  # type: ignore[arg-type]


def revise(person: Person, data: PersonData, *, by: Actor) -> None:
    """Correct what is kept of a person; what did not change writes nothing. Does not commit.

    Logins of somebody who has activated the account are changed by an administrator or the person alone: whoever could
    change them could sign in as that person. Raises `Invalid`, `Conflict` (taken, or a login that may not be changed)
    or `NotAllowed` (roles that `by` does not look after).
    """
    person = accounts.lock(person.id)
    _require_reach(person, Permission.PERSON_REVISE, by)
    changed = revising.revise(person, data, logins_too=_may_change_logins(person, by))
    if changed:
        audit.record(by, "person.revise", person, fields=changed)


def _may_change_logins(person: Person, by: Actor) -> bool:
    """An administrator of all that the person may do; who enrolled them first, as long as nobody has signed in."""
    if by.id == person.id:
        return True
    beyond = reach.holds_beyond(by.paths(Permission.PERSON_ERASE), own=frozenset(Role), counted=frozenset(Role))
    if by.may(Permission.PERSON_ERASE) and not reach.is_true(beyond, person):
        return True
    here = by.paths(Permission.PERSON_REVISE)
    return person.activated_at is None and not reach.is_true(reach.learns_beyond(here), person)


def _require_reach(person: Person, permission: Permission, by: Actor) -> None:
    """Raise `NotAllowed` about somebody with roles beyond the places where `by` holds the permission."""
    administers = reach.holds_beyond(by.paths(Permission.PERSON_ERASE), own=frozenset(Role))
    coordinates = reach.holds_beyond(by.paths(permission), own=reach.WITHIN_A_BASE)
    if by.id != person.id and reach.is_true(and_(administers, coordinates), person):
        raise NotAllowed(
            _("%(name)s has roles beyond your base, so an administrator looks after these data.", name=person.name)
        )


def view_id_number(person: Person, reason: str, *, viewed_by: Actor) -> str:
    """The identity number in full, for a reason that is recorded. Does not commit; raises `NotFound` or `Invalid`."""
    _require_reach(person, Permission.ID_NUMBER_READ, viewed_by)
    if person.id_number_sealed is None:
        raise NotFound(_("No identity number is kept of this person."))
    if not reason.strip():
        raise Invalid(_("Write why you need the whole number; it is recorded."))
    audit.record(viewed_by, "person.view-id-number", person, reason=reason.strip())
    return revising.id_number_of(person) or ""


def masked_id_number(person: Person) -> str | None:
    """The identity number as pages show it; None when none is kept, or none that can be read with this key."""
    if person.id_number_sealed is None:
        return None
    try:
        return id_numbers.masked(id_numbers.unseal(person.id_number_sealed, identity_key()))
    except InvalidTag:
        return None


def ask_erasure(*, asked_by: Actor) -> ErasureRequest:
    """Ask to be erased once the time to think is over; asked again it is the same wish. Does not commit."""
    accounts.lock(asked_by.id)
    known = queries.open_erasure(asked_by.id)
    if known is not None:
        return known
    wish = ErasureRequest(person_id=asked_by.id, asked_at=clock.now(), due_at=clock.now() + TIME_TO_THINK)
    db.session.add(wish)
    db.session.flush()
    audit.record(asked_by, "erasure.ask", wish)
    return wish


def take_back_erasure(*, by: Actor) -> None:
    """Stay after all; harmless when nothing was asked. Does not commit."""
    accounts.lock(by.id)
    known = queries.open_erasure(by.id)
    if known is not None:
        known.taken_back_at = clock.now()
        db.session.flush()
        audit.record(by, "erasure.take-back", known)


def set_active(person: Person, *, active: bool, reason: str, by: Actor) -> None:
    """Close an account, or open it again; a closed one signs nobody in. Does not commit.

    Its sessions and codes end for good, and so do the roles it has lent. Raises `Conflict` (one's own account),
    `NotAllowed` (roles that `by` does not administer) or `Invalid` (no reason).
    """
    person = accounts.lock(person.id)
    if person.id == by.id:
        raise Conflict(_("You cannot close your own account; ask another administrator."))
    _require_reach(person, Permission.PERSON_ERASE, by)
    if not reason.strip():
        raise Invalid(_("Write why."))
    if person.active is active:
        return
    person.active = active
    db.session.flush()
    codes.end_all(person)
    if not active:
        delegations.take_back_all(person.id)
    audit.record(by, "person.reactivate" if active else "person.deactivate", person, reason=reason.strip())
