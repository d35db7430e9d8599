"""The words of examinations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n

from question_bank.exams.models import AttemptEvent, EventKind, ExamSession
from question_bank.models import Attempt, AttemptStatus

STATUSES = {
    AttemptStatus.READY: _l("paper drawn"),
    AttemptStatus.OPEN: _l("sitting"),
    AttemptStatus.MARKING: _l("handed in"),
    AttemptStatus.HANDED_IN: _l("result decided"),
    AttemptStatus.VOID: _l("void"),
}
TONES = {
    AttemptStatus.READY: "neutral",
    AttemptStatus.OPEN: "info",
    AttemptStatus.MARKING: "good",
    AttemptStatus.HANDED_IN: "good",
    AttemptStatus.VOID: "bad",
}
EVENTS = {
    EventKind.LEFT: _l("left the page"),
    EventKind.RETURNED: _l("came back to the page"),
    EventKind.ELSEWHERE: _l("went on at another device or browser"),
    EventKind.EXTENDED: _l("time extended"),
    EventKind.PAUSED: _l("paused"),
    EventKind.RESUMED: _l("resumed"),
    EventKind.REOPENED: _l("opened again"),
    EventKind.VOIDED: _l("made void"),
}


def event(one: AttemptEvent) -> str:
    """An event in words: what happened, minutes and reason."""
    minutes: Any = one.detail.get("minutes")
    parts = [str(EVENTS[one.kind])]
    if minutes:
        parts.append(str(_n("%(num)s minute", "%(num)s minutes", minutes)))
    if one.detail.get("reason"):
        parts.append(str(one.detail["reason"]))
    return " · ".join(parts)


def status(attempt: Attempt | None) -> tuple[str, str]:
    """How far somebody has come, in words, with the tone of its mark."""
    if attempt is None:
        return str(_("not begun")), "neutral"
    if attempt.status is AttemptStatus.OPEN and attempt.paused_at is not None:
        return str(_("paused")), "warn"
    return str(STATUSES[attempt.status]), TONES[attempt.status]


def state_of(session: ExamSession, now: datetime) -> tuple[str, str]:
    """How far a session has come, in words, with the tone of its mark."""
    if session.cancelled_at is not None:
        return str(_("cancelled")), "bad"
    if session.paused_at is not None:
        return str(_("paused")), "warn"
    if now < session.opens_at:
        return str(_("to come")), "neutral"
    if now < session.closes_at:
        return str(_("going on")), "info"
    if session.held and (session.release_at is None or session.release_at > now):
        return str(_("over, results held back")), "warn"
    return str(_("over")), "good"
