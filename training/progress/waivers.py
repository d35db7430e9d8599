"""Waiving a requirement of one enrolment, and taking the waiver back: lines in the ledger that count by themselves."""

from __future__ import annotations

from flask_babel import gettext as _

from training.accounts import services as accounts
from training.activities.models import Activity
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotFound
from training.core.scopes import Scope
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.progress import queries, rollups, services, states
from training.progress.models import EnrolmentStep, LedgerLine, Standing, Waiver
from training.progress.outcomes import WAIVED, WAIVER_ENDED, WAIVER_ENDED_OF_SEVERAL, Outcome
from training.progress.permissions import Permission


def waive(enrolment: Enrolment, activity_id: int, reason: str, *, waived_by: Actor) -> LedgerLine:
    """Waive one requirement of one enrolment for a reason; it fulfils the hurdle there and nowhere else.

    Raises `NotAllowed`, `NotFound` (not required), `Invalid` (no reason) or `Conflict` (not open). Does not commit.
    """
    step = _begin(enrolment, activity_id, reason, waived_by)
    if enrolment.status is not EnrolmentStatus.OPEN:
        raise Conflict(_("This enrolment is not open any more; reload the page to see where it stands."))
    if step.standing not in (Standing.OPEN, Standing.OTHER_WAY):
        raise Conflict(_("This step is not open any more; reload the page to see where it stands."))
    return _write(enrolment, activity_id, WAIVED, reason, waived_by)


def take_back(enrolment: Enrolment, activity_id: int, reason: str, *, taken_back_by: Actor) -> LedgerLine:
    """Take a waiver back for a reason: a line of its own; the requirement is open again.

    Raises `NotAllowed`, `NotFound` (not required), `Invalid` (no reason) or `Conflict` (not waived). Does not commit.
    """
    _begin(enrolment, activity_id, reason, taken_back_by)
    if activity_id not in queries.waived_in(enrolment.id):
        raise Conflict(_("This step is not waived; reload the page to see where it stands."))
    several = queries.is_waived_elsewhere(enrolment.person_id, activity_id, enrolment.id)
    outcome = WAIVER_ENDED_OF_SEVERAL if several else WAIVER_ENDED
    return _write(enrolment, activity_id, outcome, reason, taken_back_by)


def _begin(enrolment: Enrolment, activity_id: int, reason: str, by: Actor) -> EnrolmentStep:
    """Permission, lock and reason; the step as it stands."""
    cohort = db.session.get_one(Cohort, enrolment.cohort_id)
    by.require(Permission.REQUIREMENT_WAIVE, db.session.get_one(Scope, cohort.scope_id).path)
    accounts.lock(enrolment.person_id)
    db.session.refresh(enrolment)
    step = db.session.get(EnrolmentStep, (enrolment.id, activity_id), populate_existing=True)
    if step is None:
        raise NotFound(_("This enrolment does not ask for that activity."))
    if enrolment.person_id == by.id:
        raise Conflict(_("Nobody waives a requirement of their own; ask another coordinator."))
    if not reason.strip():
        raise Invalid(_("Write the reason."))
    return step


def _write(enrolment: Enrolment, activity_id: int, outcome: Outcome, reason: str, by: Actor) -> LedgerLine:
    """The line, the words beside it, the state of the enrolment, and the counters last."""
    activity = db.session.get_one(Activity, activity_id)
    writer = services.writer_in(enrolment, by, clock.now())
    number = queries.count_waivers(enrolment.id, activity_id) + 1
    key = f"waiver:{enrolment.id}:{activity_id}:{number}"
    line = writer.write(activity, activity.version, outcome, key)
    waives = outcome is WAIVED
    db.session.add(
        Waiver(
            line_id=line.id,
            enrolment_id=enrolment.id,
            activity_id=activity_id,
            waives=waives,
            reason=reason.strip(),
        )
    )
    db.session.flush()
    states.refresh(enrolment, writer.follow)
    rollups.write(writer.moved)
    verb = "requirement.waive" if waives else "requirement.ask_again"
    audit.record(by, verb, enrolment, person_id=enrolment.person_id, activity_id=activity_id, line_id=line.id)
    return line
