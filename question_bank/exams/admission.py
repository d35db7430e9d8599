"""Who may begin a supervised quiz now, and when its results may be told."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.exams import rules
from question_bank.exams.models import ExamCandidate, ExamSession
from question_bank.exams.queries import sessions as queries
from question_bank.exams.rules import Gate, Window
from question_bank.models import Attempt, AttemptStatus, QuizVersion
from training.core import i18n
from training.core.db import db
from training.core.errors import Conflict, Invalid


class Entry(NamedTuple):
    """What somebody says when they begin: the code of the room, and that they agree to the statement."""

    code: str = ""
    honour: bool = False


NO_ENTRY = Entry()

REFUSALS = {
    Gate.EARLY: _l("This examination opens at %(opens)s. Come back then; nothing has begun."),
    Gate.LATE: _l("Nobody was let in after %(last)s. Speak to your invigilator."),
    Gate.OVER: _l("This examination ended at %(closes)s."),
    Gate.CANCELLED: _l("This examination was cancelled. Your base tells you of another one."),
}


class Admission(NamedTuple):
    """Somebody's place in an exam session."""

    session: ExamSession
    candidate: ExamCandidate

    @property
    def window(self) -> Window:
        """The times of the session."""
        return window_of(self.session)

    def gate(self, now: datetime) -> Gate:
        """Whether they may begin now."""
        return rules.gate(self.window, now, self.candidate.extra_minutes)

    def deadline(self, started_at: datetime, limit_minutes: int) -> datetime:
        """Until when their time goes, if they begin at that moment."""
        return rules.deadline(self.window, started_at, limit_minutes, self.candidate.extra_minutes)


def window_of(session: ExamSession) -> Window:
    """The times of a session."""
    return Window(session.opens_at, session.closes_at, session.late_minutes, session.cancelled_at is not None)


def place_of(quiz_id: int, person_id: int, attempts: Sequence[Attempt], now: datetime) -> Admission | None:
    """The session that somebody sits next: the first that is not over and that they have not sat; else the last one."""
    sat = {one.session_id for one in attempts if one.status is not AttemptStatus.VOID}
    places = [Admission(session, candidate) for session, candidate in queries.places_of(person_id, quiz_id)]
    ahead = [one for one in places if one.session.id not in sat and one.gate(now) not in {Gate.OVER, Gate.CANCELLED}]
    return next(iter(ahead or places[-1:]), None)


def enter(quiz: QuizVersion, person_id: int, attempts: Sequence[Attempt], entry: Entry, now: datetime) -> Admission:
    """The place that somebody takes now. Raises `Conflict` (no place, or not now) or `Invalid` (code or statement)."""
    place = place_of(quiz.quiz_id, person_id, attempts, now)
    if place is None:
        raise Conflict(_("This examination is sat at a set time. Your base admits you to it and tells you when."))
    session = place.session
    if session.id in {one.session_id for one in attempts if one.status is not AttemptStatus.VOID}:
        raise Conflict(_("You have sat this examination. Your base tells you whether there is another one."))
    gate = place.gate(now)
    if gate is not Gate.OPEN:
        window = place.window
        times = {"opens": window.opens_at, "last": window.last_entry, "closes": window.closes_at}
        raise Conflict(str(REFUSALS[gate]) % {name: i18n.show_datetime(one) for name, one in times.items()})
    if session.paused_at is not None:
        raise Conflict(_("The examination is paused. Begin when your invigilator says so."))
    if session.code and not hmac.compare_digest(entry.code.strip().upper().encode(), session.code.upper().encode()):
        raise Invalid(_("This is not the access code of this examination. Ask your invigilator for it."))
    if session.honour and not entry.honour:
        raise Invalid(_("Please agree to the statement first; then you can begin."))
    return place


def may_explain(attempt: Attempt, now: datetime) -> bool:
    """Whether the items of an attempt may be shown with their key."""
    if attempt.session_id is None:
        return True
    session = db.session.get_one(ExamSession, attempt.session_id)
    extra_minutes, sits = queries.sitting_in(session.id)
    return not sits and rules.may_explain(session.explained, window_of(session), extra_minutes, now)


def may_tell(attempt: Attempt, now: datetime) -> bool:
    """Whether the result of an attempt may be told, as far as its session goes."""
    if attempt.session_id is None:
        return True
    session = db.session.get_one(ExamSession, attempt.session_id)
    return rules.is_released(session.held, session.release_at, now)
