"""Starting an attempt and handing it in; `finishing` says what it came to."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank import item_types, resits
from question_bank.blueprints import laying_out
from question_bank.models import (
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
from training.core.db import db, insert
from training.core.errors import Conflict

SEED_BITS = 31


def standing(person_id: int, rules: QuizVersion) -> tuple[resits.Standing, list[Attempt]]:
    """Where a person stands with a quiz under those rules, and their attempts in order."""
    attempts = list(queries.attempts_at(person_id, rules.quiz_id))
    sittings = [resits.Sitting(one.number, one.deadline, one.handed_in_at, one.passed) for one in attempts]
    return resits.standing(sittings, rules.attempts_allowed, rules.resit_wait_hours, clock.now()), attempts


def start(quiz_id: int, person: HasId, *, seed: int | None = None) -> Attempt:
    """Start an attempt in the version the person's enrolment pins; leads to the open one when there is one.

    The order of items and options is drawn from `seed` (by default a random one) and kept. Raises `NotFound` (not
    required of them) or `Conflict` (passed, being marked, none left, or too early).
    """
    _activity, rules, _items = queries.quiz_for(person.id, quiz_id)
    stands, attempts = standing(person.id, rules)
    if stands.state in {resits.State.OPEN, resits.State.OVER}:
        return next(one for one in attempts if one.status is AttemptStatus.OPEN)
    if not stands.may_start:
        raise Conflict(_refusal(stands.state))
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    attempt_id = _insert(rules, person.id, stands.next_number, seed)
    if attempt_id is None:
        return _started_elsewhere(person.id, quiz_id)
    attempt = db.session.get_one(Attempt, attempt_id)
    laying_out.lay_out(attempt, rules)
    audit.record(person, "attempt.start", attempt, number=attempt.number, version=rules.version)
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


def _insert(rules: QuizVersion, person_id: int, number: int, seed: int) -> int | None:
    """Insert the attempt; None when a second click or another window has just done so."""
    now = clock.now()
    statement = insert(Attempt).values(
        quiz_id=rules.quiz_id,
        quiz_version=rules.version,
        person_id=person_id,
        number=number,
        seed=seed,
        started_at=now,
        deadline=now + timedelta(minutes=rules.time_limit_minutes),
        status=AttemptStatus.OPEN,
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

    Where a person has to mark a written answer, it waits for that; else it is finished at once. The attempt must be
    locked (`queries.attempts.lock`). After the deadline it counts as handed in at the deadline.
    """
    if attempt.status is not AttemptStatus.OPEN:
        return attempt
    accounts.lock(attempt.person_id)
    now = clock.now()
    over = now >= attempt.deadline
    waits = _keep_answers(attempt)
    attempt.status = AttemptStatus.MARKING
    attempt.handed_in_at = attempt.deadline if over else now
    attempt.handed_in_by = HandedInBy.DEADLINE if over else HandedInBy.PERSON
    audit.record(by, "attempt.hand-in", attempt, by=attempt.handed_in_by.value)
    if not waits:
        finishing.finish(attempt, authority=None, decided_at=attempt.handed_in_at)
    db.session.flush()
    return attempt


def _keep_answers(attempt: Attempt) -> bool:
    """Keep the newest answer beside each item; returns whether one of them is to be marked by a person."""
    answers = queries.answers_in(attempt)
    waits = False
    for item in _items_of(attempt):
        event = answers.get(item.position)
        if event is not None and event.answer:
            item.graded_answer = event.answer
            waits |= item_types.get(item.type).by_hand
    return waits


def _items_of(attempt: Attempt) -> list[AttemptItem]:
    statement = select(AttemptItem).where(AttemptItem.attempt_id == attempt.id).order_by(AttemptItem.position)
    return list(db.session.scalars(statement))
