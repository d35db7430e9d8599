"""One-time codes (一次性代码): with one, and with what they sign in with, people set a password of their own.

A code is readable on paper, kept as a keyed digest only, counts once, and until it is replaced or out of date.
Passwords are set here alone, so that whatever sets one ends the codes and the sessions of before.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from training.accounts import services
from training.accounts.models import AccessCode, CodePurpose, Person
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.keys import code_key

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that paper confuses: no 0, O, 1, I, L
LENGTH = 8
ON_PAPER = timedelta(days=30)
BY_MESSAGE = timedelta(minutes=30)
MOST_TRIES = 50  # with 8 tries in a quarter of an hour (`services.count_try`) far from any of 31^8 codes


@dataclass(frozen=True)
class Handout:
    """A code as it is handed over, once."""

    code: str
    expires_at: datetime

    @property
    def grouped(self) -> str:
        """The code as it is printed: ABCD-2345."""
        return f"{self.code[:4]}-{self.code[4:]}"


def draw() -> str:
    """A new code."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def normalise(typed: str) -> str:
    """What was typed as a code: full-width folded, upper case, without spaces and hyphens."""
    return re.sub(r"[\s\-\u2010-\u2015]", "", unicodedata.normalize("NFKC", typed)).upper()


def digest(code: str, person_id: int, purpose: CodePurpose) -> str:
    """What is kept of a code: the same code of two people shows nothing in common."""
    return hmac.new(code_key(), f"{person_id}:{purpose}:{code}".encode(), "sha256").hexdigest()


def make(
    purposes: Mapping[int, CodePurpose], *, lasts: timedelta = ON_PAPER, made_by: Actor | None
) -> dict[int, Handout]:
    """New codes for the people of those ids, in one write; each replaces the one before. Does not commit.

    The caller has checked that `made_by` may do so, and records it.
    """
    now = clock.now()
    made = {person_id: Handout(draw(), now + lasts) for person_id in purposes}
    if made:
        rows = [
            {
                "person_id": person_id,
                "purpose": purposes[person_id],
                "digest": digest(handout.code, person_id, purposes[person_id]),
                "created_at": now,
                "expires_at": handout.expires_at,
                "created_by_id": made_by.id if made_by else None,
                "tries": 0,
            }
            for person_id, handout in made.items()
        ]
        db.session.execute(AccessCode.__table__.insert(), rows)  # type: ignore[attr-defined]
    return made


def purpose_for(person: Person) -> CodePurpose:
    """Activation for who has no password yet, otherwise a reset."""
    return CodePurpose.RESET if person.activated_at else CodePurpose.ACTIVATION


def hand_over(person: Person, *, made_by: Actor) -> Handout:
    """A code for one person, recorded; whoever calls has asked whether `made_by` may. Does not commit."""
    purpose = purpose_for(person)
    handout = make({person.id: purpose}, made_by=made_by)[person.id]
    audit.record(made_by, "person.code", person, purpose=purpose.value)
    return handout


def _open_codes(person_id: int) -> Sequence[AccessCode]:
    """The codes of a person that count now: of each purpose the newest, when it is neither used nor out of date."""
    newest = select(func.max(AccessCode.id)).where(AccessCode.person_id == person_id).group_by(AccessCode.purpose)
    return db.session.scalars(
        select(AccessCode).where(
            AccessCode.id.in_(newest),
            AccessCode.used_at.is_(None),
            AccessCode.expires_at > clock.now(),
            AccessCode.tries < MOST_TRIES,
        )
    ).all()


def _matching(person_id: int, typed: str) -> AccessCode | None:
    code = normalise(typed)
    fitting = [
        one for one in _open_codes(person_id) if hmac.compare_digest(one.digest, digest(code, person_id, one.purpose))
    ]
    return fitting[0] if fitting else None


def try_code(person: Person | None, typed: str) -> bool:
    """Whether the code is this person's and still counts; a wrong one is counted. Does not commit, uses nothing up."""
    if person is None:
        return False
    if _matching(person.id, typed) is not None:
        return True
    db.session.execute(
        update(AccessCode)
        .where(AccessCode.person_id == person.id, AccessCode.used_at.is_(None))
        .values(tries=AccessCode.tries + 1)
    )
    return False


def refused() -> Invalid:
    """The one answer to a code that does not count, whether or not there is such a person."""
    return Invalid(
        _("This code does not fit, was used before, or is out of date. Check each character, or ask for a new code.")
    )


def use(person_id: int, typed: str, password_hash: str) -> Person:
    """Use the code up and set the password; of two who send one code at once the second is refused. Does not commit.

    Raises `Invalid` when the code does not count (any more).
    """
    person = services.lock(person_id)
    db.session.refresh(person)
    code = _matching(person_id, typed)
    if code is None or not person.active:
        raise refused()
    set_password(person, password_hash, verb=f"person.{code.purpose}", set_by=None)
    return person


def replace_password(person: Person, password_hash: str, *, instead_of: str) -> None:
    """Change the password that the person gave a moment ago; does not commit. Take the person's lock first.

    Raises `Conflict` when another one was set since then, or the account was closed.
    """
    db.session.refresh(person)
    if person.password_hash != instead_of or not person.active:
        raise Conflict(_("Your password was changed elsewhere a moment ago. Sign in with the new one."))
    set_password(person, password_hash, verb="person.password", set_by=Actor(id=person.id, name=person.name))


def end_all(person: Person) -> None:
    """End the sessions of a person and the codes that nobody has used; does not commit. Take the lock first."""
    person.stamp = secrets.token_hex(8)
    unused = update(AccessCode).where(AccessCode.person_id == person.id, AccessCode.used_at.is_(None))
    db.session.execute(unused.values(used_at=clock.now()))
    db.session.flush()


def forget_old() -> int:
    """Delete the codes made longer ago than any counts; returns how many. Does not commit.

    By age alone: were a newer one deleted first, an older one that it had replaced would count again.
    """
    old = delete(AccessCode).where(AccessCode.created_at < clock.now() - ON_PAPER).returning(AccessCode.id)
    return len(db.session.execute(old).all())


def set_password(person: Person, password_hash: str, *, verb: str, set_by: Actor | None) -> None:
    """Set a password of the person's own: codes and sessions of before end. Does not commit.

    `verb` names the way in the audit trail; without `set_by` the person did it, by a code. Take the person's lock
    first.
    """
    person.password_hash = password_hash
    person.activated_at = person.activated_at or clock.now()
    end_all(person)
    audit.record(set_by or Actor(id=person.id, name=person.name), verb, person)
