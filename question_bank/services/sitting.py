"""Starting an attempt and handing it in; `finishing` says what it came to."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from flask_babel import gettext as _
from sqlalchemy import Table, Text, bindparam, case, delete, func, null, select, update
from sqlalchemy import cast as cast_as

from question_bank import item_types, resits
from question_bank.blueprints import laying_out
from question_bank.exams import admission
from question_bank.exams.admission import NO_ENTRY, Entry
from question_bank.exams.models import ExamSession
from question_bank.models import (
    AnswerEvent,
    Attempt,
    AttemptItem,
    AttemptStatus,
    HandedInBy,
    QuizVersion,
)
from question_bank.queries import attempts as queries
from question_bank.services import finishing
from training.accounts import services as accounts
from training.core import audit, clock
from training.core.audit import HasId
from training.core.db import BigId, connection, db, insert
from training.core.errors import Conflict

SEED_BITS = 31
_items, _answers = cast(Table, AttemptItem.__table__), cast(Table, AnswerEvent.__table__)
_of_attempt = bindparam("of_attempt", type_=BigId)
_newest = select(func.max(_answers.c.receipt)).where(_answers.c.attempt_id == _of_attempt).group_by(_answers.c.position)
KEEP = (
    update(_items)
    .where(
        _items.c.attempt_id == _of_attempt,
        _answers.c.attempt_id == _of_attempt,
        _answers.c.position == _items.c.position,
        _answers.c.receipt.in_(_newest),
    )
    .values(graded_answer=case((cast_as(_answers.c.answer, Text) != "[]", _answers.c.answer), else_=null()))
    .returning(_items.c.type, _items.c.graded_answer)
)
"""Puts the newest answers of an attempt beside its items; nothing where it was taken back, though handed in before."""


def standing(person_id: int, rules: QuizVersion) -> tuple[resits.Standing, list[Attempt]]:
    """Where a person stands with a quiz under those rules, and their attempts in order."""
    attempts = list(queries.attempts_at(person_id, rules.quiz_id))
    return _standing(attempts, rules), attempts


def _standing(attempts: Sequence[Attempt], rules: QuizVersion) -> resits.Standing:
    sittings = [
        resits.Sitting(one.number, one.deadline, one.handed_in_at, one.passed, one.status is AttemptStatus.VOID)
        for one in attempts
    ]
    wait = 0 if rules.supervised else rules.resit_wait_hours  # an exam session is set by somebody who knows the day
    return resits.standing(sittings, rules.attempts_allowed, wait, clock.now())


def start(
    quiz_id: int, person: HasId, *, entry: Entry = NO_ENTRY, device: str | None = None, seed: int | None = None
) -> Attempt:
    """Start an attempt in the version the person's enrolment pins; leads to the open one when there is one.

    A supervised quiz is sat in an exam session that admits them, with the `entry` it asks for. The order of items and
    options is drawn from `seed` (by default a random one) and kept, unless the paper was drawn before. Raises
    `NotFound` (not required of them), `Invalid` (code or statement) or `Conflict` (passed, being marked, none left, or
    not now).
    """
    rules = queries.rules_for(person.id, quiz_id)
    attempts, drawn = queries.lock_attempts_at(person.id, quiz_id)
    stands = _standing(attempts, rules)
    if stands.state in {resits.State.OPEN, resits.State.OVER}:
        return next(one for one in attempts if one.status is AttemptStatus.OPEN)
    if not stands.may_start:
        raise Conflict(_refusal(stands.state))
    now = clock.now()
    place = admission.enter(rules, person.id, attempts, entry, now) if rules.supervised else None
    begins = Beginning(now, now + timedelta(minutes=rules.time_limit_minutes), device, None)
    if place is not None:
        begins = Beginning(now, place.deadline(now, rules.time_limit_minutes), device, place.session.id)
    attempt = _begin_drawn(drawn, rules, begins) or _begin_anew(rules, person.id, stands.next_number, begins, seed)
    if attempt is None:
        return _started_elsewhere(person.id, quiz_id)
    audit.record(person, "attempt.start", attempt, number=attempt.number, version=rules.version)
    return attempt


class Beginning(NamedTuple):
    """When and where an attempt begins, and until when it goes."""

    started_at: datetime
    deadline: datetime
    device: str | None
    session_id: int | None


def _begin_drawn(drawn: Attempt | None, rules: QuizVersion, begins: Beginning) -> Attempt | None:
    """Open the attempt whose paper was drawn before the session, if there is one.

    One that was drawn for a session they did not come to, or in another version, makes room.
    """
    if drawn is None:
        return None
    if (drawn.quiz_version, drawn.session_id) != (rules.version, begins.session_id):
        drop_drawn(drawn)
        return None
    drawn.status, drawn.started_at, drawn.deadline, drawn.device = AttemptStatus.OPEN, *begins[:3]
    return drawn


def drop_drawn(attempt: Attempt) -> None:
    """Take away a paper that nobody has seen. Does not commit."""
    db.session.execute(delete(AttemptItem).where(AttemptItem.attempt_id == attempt.id))
    db.session.delete(attempt)
    db.session.flush()


def _begin_anew(rules: QuizVersion, person_id: int, number: int, begins: Beginning, seed: int | None) -> Attempt | None:
    """Draw a paper and open it; None when a second click or another window has just done so."""
    attempt_id = insert_attempt(rules, person_id, number, begins, AttemptStatus.OPEN, seed)
    if attempt_id is None:
        return None
    attempt = db.session.get_one(Attempt, attempt_id)
    laying_out.lay_out(attempt, rules)
    return attempt


def draw_ahead(rules: QuizVersion, person_id: int, number: int, session: ExamSession) -> Attempt | None:
    """Draw the paper of somebody who has not begun; None when they have one. Does not commit."""
    begins = Beginning(session.opens_at, session.closes_at, None, session.id)
    attempt_id = insert_attempt(rules, person_id, number, begins, AttemptStatus.READY, None)
    if attempt_id is None:
        return None
    attempt = db.session.get_one(Attempt, attempt_id)
    laying_out.lay_out(attempt, rules)
    return attempt


def _refusal(state: resits.State) -> str:
    sentences = {
        resits.State.PASSED: _("You have passed this quiz already; there is nothing to resit."),
        resits.State.MARKING: _(
            "Your last attempt is still being marked; its result decides whether there is anything to resit."
        ),
        resits.State.NONE_LEFT: _("All attempts at this quiz are used. Ask your base coordinator what comes next."),
        resits.State.WAIT: _("It is too early to resit. The quiz's page says from when you can."),
    }
    return str(sentences[state])


def insert_attempt(
    rules: QuizVersion, person_id: int, number: int, begins: Beginning, status: AttemptStatus, seed: int | None
) -> int | None:
    """Insert an attempt; None when there is one of that number."""
    statement = insert(Attempt).values(
        quiz_id=rules.quiz_id,
        quiz_version=rules.version,
        person_id=person_id,
        number=number,
        seed=secrets.randbits(SEED_BITS) if seed is None else seed,
        status=status,
        **begins._asdict(),
    )
    attempt_id: int | None = db.session.scalar(statement.on_conflict_do_nothing().returning(Attempt.id))
    return attempt_id


def _started_elsewhere(person_id: int, quiz_id: int) -> Attempt:
    for attempt in queries.attempts_at(person_id, quiz_id):
        if attempt.status is AttemptStatus.OPEN:
            return attempt
    raise Conflict(_("This quiz was started and handed in a moment ago in another window. Reload its page."))


def hand_in(attempt: Attempt, *, by: HasId | None) -> Attempt:
    """Close an attempt; one that is handed in already stays as it is. Does not commit.

    Where a person has to mark a written answer, or results of the session are held back, it waits for that; else it is
    finished at once. The attempt must be locked (`queries.attempts.lock`). After the deadline it counts as handed in
    at the deadline.
    """
    if attempt.status is not AttemptStatus.OPEN:
        return attempt
    person = accounts.lock(attempt.person_id)
    now = clock.now()
    over = attempt.paused_at is None and now >= attempt.deadline
    waits = _keep_answers(attempt) or not admission.may_tell(attempt, now)
    attempt.status = AttemptStatus.MARKING
    attempt.handed_in_at = attempt.deadline if over else now
    attempt.handed_in_by = HandedInBy.DEADLINE if over else HandedInBy.PERSON
    attempt.paused_at = None
    audit.record(by, "attempt.hand-in", attempt, by=attempt.handed_in_by.value)
    if not waits:
        finishing.finish(attempt, authority=None, decided_at=attempt.handed_in_at, person=person)
    db.session.flush()
    return attempt


def _keep_answers(attempt: Attempt) -> bool:
    """Keep the newest answer beside each item; returns whether one of them is to be marked by a person."""
    kept = connection().execute(KEEP, {"of_attempt": attempt.id}).all()
    return any(row.graded_answer and item_types.get(row.type).by_hand for row in kept)
