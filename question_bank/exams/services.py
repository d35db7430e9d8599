"""Setting exam sessions and admitting people to them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from question_bank.exams import notices, noting
from question_bank.exams.models import EventKind, ExamCandidate, ExamSession
from question_bank.exams.queries import sessions as queries
from question_bank.models import AttemptStatus
from question_bank.permissions import Permission
from question_bank.queries import quizzes
from question_bank.services import sitting
from training.activities.models import Activity
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db, insert
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.programmes import queries as programmes


@dataclass(frozen=True)
class Terms:
    """What is agreed on for a session: when, and under which conditions (`ExamSession`)."""

    name: str
    opens_at: datetime
    closes_at: datetime
    late_minutes: int
    code: str = ""
    honour: bool = True
    held: bool = False
    release_at: datetime | None = None
    explained: bool = True


def add_session(quiz: Activity, scope: Scope, terms: Terms, *, added_by: Actor | None) -> ExamSession:
    """Set a session of a supervised quiz at a place. Raises `NotAllowed` or `Invalid`. Does not commit."""
    if added_by is not None:
        added_by.require(Permission.EXAM_MANAGE, scope.path)
    if not quizzes.rules_of(quiz.id, quiz.version).supervised:
        raise Invalid(_("This quiz is open to everybody at any time, so no session is set for it."))
    _require_order(terms)
    session = ExamSession(
        quiz_id=quiz.id,
        scope_id=scope.id,
        created_by_id=added_by.id if added_by else None,
        created_at=clock.now(),
        **asdict(terms),
    )
    db.session.add(session)
    db.session.flush()
    audit.record(added_by, "exam_session.add", session)
    return session


def revise_session(session: ExamSession, scope: Scope, terms: Terms, *, revised_by: Actor) -> None:
    """Change the terms of a locked session that has not opened yet; later only its end and its release move.

    Raises `NotAllowed`, `Invalid` or `Conflict`. Does not commit.
    """
    revised_by.require(Permission.EXAM_MANAGE, scope.path)
    _require_order(terms)
    fixed = ("opens_at", "late_minutes", "honour")
    if clock.now() >= session.opens_at and any(getattr(session, one) != getattr(terms, one) for one in fixed):
        raise Conflict(_("The examination has opened, so its opening, its last entry and its statement stay."))
    moved = session.opens_at != terms.opens_at
    for name, value in asdict(terms).items():
        setattr(session, name, value)
    db.session.flush()
    if moved:
        notices.admitted(session, _quiz_of(session), queries.admitted_to(session))
    audit.record(revised_by, "exam_session.revise", session)


def _require_order(terms: Terms) -> None:
    if terms.closes_at <= terms.opens_at:
        raise Invalid(_("The end must come after the opening."))
    if terms.release_at is not None and terms.release_at < terms.opens_at:
        raise Invalid(_("Results cannot be released before the examination opens."))


def cancel(session: ExamSession, scope: Scope, *, cancelled_by: Actor) -> None:
    """Cancel a locked session that nobody has begun. Raises `NotAllowed` or `Conflict`. Does not commit."""
    cancelled_by.require(Permission.EXAM_MANAGE, scope.path)
    if session.cancelled_at is not None:
        return
    if queries.attempts_of(session.id, AttemptStatus.OPEN, AttemptStatus.MARKING, AttemptStatus.HANDED_IN):
        raise Conflict(_("Somebody has begun, so this examination can no longer be cancelled. Void attempts instead."))
    session.cancelled_at = clock.now()
    db.session.flush()
    notices.cancelled(session, _quiz_of(session), queries.admitted_to(session))
    audit.record(cancelled_by, "exam_session.cancel", session)


def admit_cohort(session: ExamSession, scope: Scope, cohort_id: int, *, admitted_by: Actor) -> int:
    """Admit all of a cohort who have to pass the quiz and have not; returns how many are new. Does not commit."""
    admitted_by.require(Permission.EXAM_MANAGE, scope.path)
    programmes.cohort_visible_to(admitted_by, cohort_id)
    added = admit(session, list(queries.people_to_admit(session, cohort_id)))
    audit.record(admitted_by, "exam_session.admit", session, cohort=cohort_id, people=added)
    return added


def admit(session: ExamSession, person_ids: list[int]) -> int:
    """Admit those people and tell them; returns how many were not admitted before. Does not commit."""
    rows = [{"session_id": session.id, "person_id": one} for one in person_ids]
    if not rows:
        return 0
    statement = insert(ExamCandidate).on_conflict_do_nothing().returning(ExamCandidate.person_id)
    new = list(db.session.scalars(statement, rows))
    notices.admitted(session, _quiz_of(session), new)
    return len(new)


def _quiz_of(session: ExamSession) -> Activity:
    return db.session.get_one(Activity, session.quiz_id)


def grant_time(
    session: ExamSession, scope: Scope, candidate: ExamCandidate, minutes: int, reason: str, *, granted_by: Actor
) -> None:
    """Grant somebody extra time (合理便利) in all; an attempt that goes on is extended by the difference.

    Raises `NotAllowed` or `Invalid` (no reason). Does not commit.
    """
    granted_by.require(Permission.EXAM_MANAGE, scope.path)
    if minutes and not reason:
        raise Invalid(_("Say why the extra time is granted."))
    attempt = queries.attempt_in(session, candidate.person_id)
    more = minutes - candidate.extra_minutes
    candidate.extra_minutes, candidate.reason = minutes, reason
    if more and attempt is not None and attempt.status is AttemptStatus.OPEN:
        attempt.deadline += timedelta(minutes=more)
        noting.note([attempt.id], EventKind.EXTENDED, by=granted_by, minutes=more, reason=reason)
    db.session.flush()
    audit.record(granted_by, "exam_session.time", session, person=candidate.person_id, minutes=minutes)


def dismiss(session: ExamSession, scope: Scope, candidate: ExamCandidate, *, dismissed_by: Actor) -> None:
    """Take back an admission of somebody who has not begun; a paper drawn for them goes with it.

    Raises `NotAllowed` or `Conflict`. Does not commit.
    """
    dismissed_by.require(Permission.EXAM_MANAGE, scope.path)
    attempt = queries.attempt_in(session, candidate.person_id)
    if attempt is not None and attempt.status is not AttemptStatus.READY:
        raise Conflict(_("This person has begun; void the attempt instead."))
    if attempt is not None:
        sitting.drop_drawn(attempt)
    db.session.delete(candidate)
    db.session.flush()
    audit.record(dismissed_by, "exam_session.dismiss", session, person=candidate.person_id)


def release(session: ExamSession, scope: Scope, *, released_by: Actor) -> None:
    """Release the results of a locked session now. Raises `NotAllowed` or `Conflict`. Does not commit."""
    released_by.require(Permission.EXAM_MANAGE, scope.path)
    if not session.held:
        raise Conflict(_("The results of this examination are told at once; there is nothing to release."))
    if session.release_at is None or session.release_at > clock.now():
        session.release_at = clock.now()
        db.session.flush()
        audit.record(released_by, "exam_session.release", session)
