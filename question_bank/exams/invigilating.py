"""What an invigilator does while an examination is sat: more time, pauses, opening a paper again, making one void.

Each act is for a site (`sites.py`): the whole session, or the people of one place of it. Whatever is done stands in the
attempt's events with its reason, and in the audit trail.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from question_bank import kind
from question_bank.exams import noting
from question_bank.exams.models import EventKind
from question_bank.exams.queries import sessions as queries
from question_bank.exams.queries.sites import Site
from question_bank.marking import queries as marking
from question_bank.models import Attempt, AttemptStatus
from question_bank.regrading import queries as regrading
from training.activities.models import Activity
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotFound
from training.progress import services as progress

MOST_MINUTES = 240


def extend(site: Site, person_id: int | None, minutes: int, reason: str, *, extended_by: Actor) -> int:
    """Give more time to one person of a site, or to all who sit there now (None); returns to how many.

    When the site is the whole session, its end moves too. Does not commit.
    Raises `NotAllowed`, `Invalid` (minutes or reason), `NotFound` or `Conflict` (nobody sits).
    """
    site.require(extended_by)
    _require_reason(reason)
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(_("Give 1 to %(max)s minutes.", max=MOST_MINUTES))
    if person_id is None:
        sitting = list(queries.sitting_at(site))
    else:
        queries.candidate_of(site, person_id)
        found = queries.attempt_in(site.session, person_id)
        sitting = [found] if found is not None and found.status is AttemptStatus.OPEN else []
    if not sitting:
        raise Conflict(_("Nobody here is sitting now, so there is no time to extend."))
    if person_id is None and site.is_whole:
        site.session.closes_at += timedelta(minutes=minutes)
    for attempt in sitting:
        attempt.deadline += timedelta(minutes=minutes)
    db.session.flush()
    noting.note([one.id for one in sitting], EventKind.EXTENDED, by=extended_by, minutes=minutes, reason=reason)
    audit.record(extended_by, "exam_session.extend", site.session, minutes=minutes, people=len(sitting))
    return len(sitting)


def pause(site: Site, reason: str, *, paused_by: Actor) -> None:
    """Stop everybody's time, as for a fire alarm; a second click changes nothing. Does not commit.

    When the site is the whole session, nobody begins until it goes on. At one of several sites those who sit are
    stopped; raises `Conflict` when nobody does. Raises `NotAllowed` and `Invalid` (no reason) too.
    """
    site.require(paused_by)
    _require_reason(reason)
    if site.session.paused_at is not None:
        return
    now = clock.now()
    sitting = queries.sitting_at(site)
    going = [one for one in sitting if one.deadline > now and one.paused_at is None]
    if site.is_whole:
        site.session.paused_at = now
    elif not sitting:
        raise Conflict(_("Nobody here is sitting now, so there is no time to stop."))
    for attempt in going:
        attempt.paused_at = now
    db.session.flush()
    if going or site.is_whole:
        noting.note([one.id for one in going], EventKind.PAUSED, by=paused_by, reason=reason)
        audit.record(paused_by, "exam_session.pause", site.session, people=len(going))


def resume(site: Site, *, resumed_by: Actor) -> None:
    """Let time run on; the pause is added to everybody's, and that of the whole session to its end. Does not commit.

    What the whole session stopped goes on with it. What a site stopped by itself goes on when that site says so, or
    whoever watches over all of them; while the whole session stands still it stands still with it.
    """
    site.require(resumed_by)
    now, whole_since = clock.now(), site.session.paused_at
    by_whole = site.is_whole and whole_since is not None
    paused = [
        (one, one.paused_at)
        for one in queries.sitting_at(site)
        if one.paused_at is not None and (whole_since is not None and one.paused_at >= whole_since) == by_whole
    ]
    until = now if by_whole else whole_since or now
    for attempt, since in paused:
        attempt.deadline += until - since
        attempt.paused_at = None if by_whole else whole_since
    if by_whole and whole_since is not None:
        site.session.closes_at += now - whole_since
        site.session.paused_at = None
    db.session.flush()
    if paused or by_whole:
        noting.note([one.id for one, _since in paused], EventKind.RESUMED, by=resumed_by)
        audit.record(resumed_by, "exam_session.resume", site.session, people=len(paused))


def reopen(site: Site, person_id: int, minutes: int, reason: str, *, reopened_by: Actor) -> None:
    """Let somebody go on who handed in by mistake, with at least that many minutes; only until marking begins.

    Raises `NotAllowed`, `Invalid`, `NotFound` or `Conflict`. Does not commit.
    """
    site.require(reopened_by)
    _require_reason(reason)
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(_("Give 1 to %(max)s minutes.", max=MOST_MINUTES))
    attempt = _attempt_of(site, person_id)
    if attempt.status is AttemptStatus.OPEN:
        return
    if attempt.status is not AttemptStatus.MARKING:
        raise Conflict(_("The result of this attempt is decided. Make it void and let the person begin again instead."))
    if marking.has_begun(attempt.id):
        raise Conflict(_("Marking of this attempt has begun. Make it void and let the person begin again instead."))
    now = clock.now()
    attempt.status, attempt.handed_in_at, attempt.handed_in_by = AttemptStatus.OPEN, None, None
    attempt.deadline = max(attempt.deadline, now + timedelta(minutes=minutes))
    attempt.paused_at = site.session.paused_at and now
    db.session.flush()
    noting.note([attempt.id], EventKind.REOPENED, by=reopened_by, minutes=minutes, reason=reason)
    audit.record(reopened_by, "attempt.reopen", attempt)


def void(site: Site, person_id: int, reason: str, *, voided_by: Actor) -> None:
    """Make somebody's attempt count for nothing; what they had passed by it alone is taken back. Does not commit.

    Raises `NotAllowed`, `Invalid` (no reason) or `NotFound`.
    """
    site.require(voided_by)
    _require_reason(reason)
    attempt = _attempt_of(site, person_id)
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


def _attempt_of(site: Site, person_id: int) -> Attempt:
    queries.candidate_of(site, person_id)
    attempt = queries.attempt_in(site.session, person_id)
    if attempt is None or attempt.status is AttemptStatus.READY:
        raise NotFound(_("This person has not begun."))
    return attempt


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Say why; it stands in the record of the examination."))
