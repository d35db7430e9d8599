"""What an invigilator does while an examination is sat: more time, pauses, opening a paper again, making one void.

Whatever is done stands in the attempt's events with its reason, and in the audit trail.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from question_bank import kind
from question_bank.exams import noting, queries
from question_bank.exams.models import EventKind, ExamSession
from question_bank.marking import queries as marking
from question_bank.models import Attempt, AttemptStatus
from question_bank.permissions import Permission
from question_bank.regrading import queries as regrading
from training.activities.models import Activity
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotFound
from training.core.scopes import Scope
from training.progress import services as progress

MOST_MINUTES = 240


def extend(
    session: ExamSession, scope: Scope, person_id: int | None, minutes: int, reason: str, *, extended_by: Actor
) -> int:
    """Give more time to one person, or to all who sit now (None); returns to how many. Does not commit.

    Raises `NotAllowed`, `Invalid` (minutes or reason) or `Conflict` (nobody sits).
    """
    extended_by.require(Permission.EXAM_INVIGILATE, scope.path)
    _require_reason(reason)
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(_("Give 1 to %(max)s minutes.", max=MOST_MINUTES))
    if person_id is None:
        sitting = list(queries.attempts_of(session.id, AttemptStatus.OPEN))
        session.closes_at += timedelta(minutes=minutes)
    else:
        found = queries.attempt_in(session, person_id)
        sitting = [found] if found is not None and found.status is AttemptStatus.OPEN else []
    if not sitting:
        raise Conflict(_("Nobody here is sitting now, so there is no time to extend."))
    for attempt in sitting:
        attempt.deadline += timedelta(minutes=minutes)
    db.session.flush()
    noting.note([one.id for one in sitting], EventKind.EXTENDED, by=extended_by, minutes=minutes, reason=reason)
    audit.record(extended_by, "exam_session.extend", session, minutes=minutes, people=len(sitting))
    return len(sitting)


def pause(session: ExamSession, scope: Scope, reason: str, *, paused_by: Actor) -> None:
    """Stop everybody's time, as for a fire alarm; a second click changes nothing. Does not commit."""
    paused_by.require(Permission.EXAM_INVIGILATE, scope.path)
    _require_reason(reason)
    if session.paused_at is not None:
        return
    session.paused_at = clock.now()
    sitting = queries.attempts_of(session.id, AttemptStatus.OPEN)
    going = [one for one in sitting if one.deadline > session.paused_at]
    for attempt in going:
        attempt.paused_at = session.paused_at
    db.session.flush()
    noting.note([one.id for one in going], EventKind.PAUSED, by=paused_by, reason=reason)
    audit.record(paused_by, "exam_session.pause", session, people=len(going))


def resume(session: ExamSession, scope: Scope, *, resumed_by: Actor) -> None:
    """Let everybody's time run on; the pause is added to it, and to the session's end. Does not commit."""
    resumed_by.require(Permission.EXAM_INVIGILATE, scope.path)
    if session.paused_at is None:
        return
    now = clock.now()
    paused = [one for one in queries.attempts_of(session.id, AttemptStatus.OPEN) if one.paused_at is not None]
    for attempt in paused:
        attempt.deadline += now - (attempt.paused_at or now)
        attempt.paused_at = None
    session.closes_at += now - session.paused_at
    session.paused_at = None
    db.session.flush()
    noting.note([one.id for one in paused], EventKind.RESUMED, by=resumed_by)
    audit.record(resumed_by, "exam_session.resume", session, people=len(paused))


def reopen(
    session: ExamSession, scope: Scope, person_id: int, minutes: int, reason: str, *, reopened_by: Actor
) -> None:
    """Let somebody go on who handed in by mistake, with at least that many minutes; only until marking begins.

    Raises `NotAllowed`, `Invalid` or `Conflict`. Does not commit.
    """
    reopened_by.require(Permission.EXAM_INVIGILATE, scope.path)
    _require_reason(reason)
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(_("Give 1 to %(max)s minutes.", max=MOST_MINUTES))
    attempt = _attempt_of(session, person_id)
    if attempt.status is AttemptStatus.OPEN:
        return
    if attempt.status is not AttemptStatus.MARKING:
        raise Conflict(_("The result of this attempt is decided. Make it void and let the person begin again instead."))
    if marking.has_begun(attempt.id):
        raise Conflict(_("Marking of this attempt has begun. Make it void and let the person begin again instead."))
    now = clock.now()
    attempt.status, attempt.handed_in_at, attempt.handed_in_by = AttemptStatus.OPEN, None, None
    attempt.deadline = max(attempt.deadline, now + timedelta(minutes=minutes))
    attempt.paused_at = session.paused_at and now
    db.session.flush()
    noting.note([attempt.id], EventKind.REOPENED, by=reopened_by, minutes=minutes, reason=reason)
    audit.record(reopened_by, "attempt.reopen", attempt)


def void(session: ExamSession, scope: Scope, person_id: int, reason: str, *, voided_by: Actor) -> None:
    """Make somebody's attempt count for nothing; what they had passed by it alone is taken back. Does not commit.

    Raises `NotAllowed`, `Invalid` (no reason) or `NotFound`.
    """
    voided_by.require(Permission.EXAM_INVIGILATE, scope.path)
    _require_reason(reason)
    attempt = _attempt_of(session, person_id)
    passed = bool(attempt.passed)
    attempt.status, attempt.passed, attempt.score_percent = AttemptStatus.VOID, None, None
    attempt.handed_in_at = attempt.handed_in_at or clock.now()
    attempt.paused_at = None
    db.session.flush()
    noting.note([attempt.id], EventKind.VOIDED, by=voided_by, reason=reason)
    audit.record(voided_by, "attempt.void", attempt)
    if passed and not regrading.passed_by(attempt.quiz_id, [person_id]):
        progress.record(
            attempt.person_id,
            db.session.get_one(Activity, attempt.quiz_id),
            kind.TAKEN_BACK,
            client_key=f"attempt:{attempt.id}:void",
            authority=voided_by,
            version=attempt.quiz_version,
        )


def _attempt_of(session: ExamSession, person_id: int) -> Attempt:
    attempt = queries.attempt_in(session, person_id)
    if attempt is None or attempt.status is AttemptStatus.READY:
        raise NotFound(_("This person has not begun."))
    return attempt


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Say why; it stands in the record of the examination."))
