"""The sweeps of exam sessions: papers are drawn before they open, results finished when they are released."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from question_bank.exams import papers
from question_bank.exams.queries import sessions as queries
from question_bank.marking import services as marking
from question_bank.models import AttemptStatus
from question_bank.queries import attempts
from question_bank.services import finishing
from training.activities.models import Activity
from training.core import clock, jobs
from training.core.db import db, reading, transaction
from training.core.errors import DomainError
from training.core.logs import log

MOST = 500


@jobs.sweep("question_bank:papers")
def draw_ahead() -> int:
    """Draw the papers of sessions that open soon, piece by piece; returns how many."""
    with reading():
        now = clock.now()
        soon = queries.about_to_open(now, now + papers.AHEAD)
    done = 0
    for session_id in soon:
        try:
            done += draw_all(session_id)
        except (SQLAlchemyError, DomainError):  # also a plan that can no longer be met
            log.exception("papers not drawn", exam_session=session_id)
    return done


def draw_all(session_id: int) -> int:
    """Draw all papers of one session, each piece in a transaction of its own; returns how many."""
    done = 0
    last: int | None = 0
    while last is not None:
        with transaction():
            drawn, last = papers.draw_some(session_id, last)
        done += drawn
    return done


@jobs.sweep("question_bank:release")
def finish_released() -> int:
    """Finish what waited for nothing but the release of its results, each alone; returns how many."""
    with reading():
        ids = queries.to_release(clock.now(), MOST)
    done = 0
    for attempt_id in ids:
        try:
            with transaction():
                finish(attempt_id)
            done += 1
        except Exception:  # noqa: BLE001 - one that cannot be graded must not keep the others waiting
            log.exception("attempt not finished", attempt=attempt_id)
    return done


def finish(attempt_id: int) -> None:
    """Finish an attempt whose results are released, and tell whoever sat it. Does not commit."""
    attempt = attempts.lock(attempt_id)
    if attempt.status is AttemptStatus.MARKING:
        finishing.finish(attempt, authority=None, decided_at=clock.now())
        marking.tell(attempt, db.session.get_one(Activity, attempt.quiz_id))
