"""Slips (代码条): one-time codes on paper for the people of a cohort, shown once, in the answer that makes them.

Whoever has no password yet gets one to begin with; who has lost theirs gets one to set another. A coordinator may do so
for people whose roles lie within the own bases: a code opens everything its person may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select

from training.accounts import codes, reach
from training.accounts.codes import Handout
from training.accounts.models import AccessCode, CodePurpose, Person
from training.core import audit, clock, i18n, qr
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotAllowed
from training.core.scopes import Scope
from training.places.models import Institution
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.programmes.permissions import Permission

PAGE = 50
Row = tuple[Person, Institution | None]


@dataclass(frozen=True)
class Slip:
    """What is printed for one person."""

    person: Person
    institution: Institution | None
    handout: Handout
    address: str

    @property
    def last_day(self) -> date:
        """The day on which the code still counts."""
        return clock.local(self.handout.expires_at).date()


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """The condition that a person holds no role that the actor's own bases do not cover.

    Whoever has no password yet may be a trainee elsewhere too: nothing was done in the account so far.
    """
    paths = actor.paths(Permission.CODE_MAKE)
    beyond = reach.holds_beyond(paths, own=reach.WITHIN_A_BASE)
    return not_(or_(beyond, and_(Person.activated_at.is_not(None), reach.learns_beyond(paths))))


def _people(cohort: Cohort, *conditions: ColumnElement[bool]) -> Any:
    return (
        select(Person, Institution)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.status != EnrolmentStatus.WITHDRAWN,
            Person.active,
            *conditions,
        )
        .order_by(Person.name, Person.id)
    )


def without_password(cohort: Cohort, actor: Actor) -> Sequence[Any]:
    """The people of a cohort who have not set a password yet, by name, as rows `Person, Institution | None`."""
    return db.session.execute(_people(cohort, Person.activated_at.is_(None), within_reach(actor))).all()


@dataclass(frozen=True)
class Standing:
    """How many of a cohort have no password yet, and how many of those hold a slip that still counts."""

    waiting: int
    with_slip: int


def standing(cohort: Cohort, actor: Actor) -> Standing:
    """Counted in one query."""
    counts = exists().where(
        AccessCode.person_id == Person.id,
        AccessCode.purpose == CodePurpose.ACTIVATION,
        AccessCode.used_at.is_(None),
        AccessCode.expires_at > clock.now(),
    )
    waiting = _people(cohort, Person.activated_at.is_(None), within_reach(actor)).order_by(None)
    found = waiting.with_only_columns(func.count(), func.count().filter(counts))
    return Standing(*db.session.execute(found).one())


def listed(cohort: Cohort, search: str, number: int) -> tuple[Sequence[Any], int]:
    """The people of a cohort whose name contains `search`, a page: rows `Enrolment, Person, Institution | None`."""
    condition = Person.name.contains(search, autoescape=True)
    statement = _people(cohort, condition)
    total = db.session.scalar(statement.order_by(None).with_only_columns(func.count())) or 0
    rows = statement.with_only_columns(Enrolment, Person, Institution).limit(PAGE).offset((number - 1) * PAGE)
    return db.session.execute(rows).all(), total


def make_for_all(cohort: Cohort, *, site: str, made_by: Actor) -> list[Slip]:
    """Slips for everybody of the cohort without a password; earlier slips stop counting. Does not commit.

    Raises `NotAllowed`.
    """
    _require(cohort, made_by)
    rows = [(person, institution) for person, institution in without_password(cohort, made_by)]
    made = codes.make({person.id: CodePurpose.ACTIVATION for person, _where in rows}, made_by=made_by)
    audit.record(made_by, "cohort.codes", cohort, people=len(made))
    return [_slip(person, institution, made[person.id], site) for person, institution in rows]


def make_for_one(cohort: Cohort, enrolment: Enrolment, *, site: str, made_by: Actor) -> Slip:
    """A slip for one person of the cohort: to begin with, or after a lost password. Does not commit.

    Raises `NotAllowed`: not the actor's cohort, withdrawn, or somebody with a role beyond the actor's bases.
    """
    _require(cohort, made_by)
    row = db.session.execute(_people(cohort, Person.id == enrolment.person_id, within_reach(made_by))).one_or_none()
    if row is None:
        raise NotAllowed(
            _("This person left the cohort, or has roles beyond your base. An administrator can make a code for them.")
        )
    person, institution = row
    purpose = codes.purpose_for(person)
    handout = codes.make({person.id: purpose}, made_by=made_by)[person.id]
    audit.record(made_by, "person.code", person, purpose=purpose.value, cohort_id=cohort.id)
    return _slip(person, institution, handout, site)


def _require(cohort: Cohort, actor: Actor) -> None:
    actor.require(Permission.CODE_MAKE, db.session.get_one(Scope, cohort.scope_id).path)


def _slip(person: Person, institution: Institution | None, handout: Handout, site: str) -> Slip:
    """Whoever has a staff number is led to the form that knows the institution already."""
    known = f"?at={institution.id}" if person.staff_number and institution else ""
    return Slip(person, institution, handout, f"{site}/activate{known}")


def drawings(slips: Sequence[Slip]) -> dict[str, tuple[str, qr.Drawing]]:
    """For each address on the slips an id and its QR code, drawn once however many slips show it."""
    addresses = sorted({slip.address for slip in slips})
    return {address: (f"qr-{number}", qr.draw(address)) for number, address in enumerate(addresses)}


def words(site: str) -> dict[str, dict[str, Any]]:
    """What stands on a slip in each language, the page's own language first."""
    own = i18n.language()
    said = {}
    for language in (own, *(one for one in i18n.LANGUAGES if one != own)):
        with force_locale(language):
            said[language] = {
                "title": _("Your way into Anning"),
                "code": _("One-time code"),
                "until": _("Valid until"),
                "with": _("Sign in with"),
                "staff_number": _("staff number"),
                "steps": [
                    _("Scan the square, or open %(address)s.", address=f"{site}/activate"),
                    _("Enter what you sign in with, and the code."),
                    _("Choose a password of your own. The slip is then used up: tear it."),
                ],
            }
    return said
