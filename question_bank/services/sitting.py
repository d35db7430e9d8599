"""Starting an attempt and handing it in."""

from __future__ import annotations

import secrets
from datetime import timedelta
from fractions import Fraction
from random import Random

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank import grading, item_types, kind, resits
from question_bank.models import (
    Attempt,
    AttemptItem,
    AttemptStatus,
    HandedInBy,
    QuizVersion,
)
from question_bank.queries import attempts as queries
from question_bank.queries import quizzes
from training.activities.models import Activity
from training.core import audit, clock
from training.core.audit import HasId
from training.core.db import db, insert
from training.core.errors import Conflict
from training.progress import services as progress

SEED_BITS = 31


def standing(person_id: int, rules: QuizVersion) -> tuple[resits.Standing, list[Attempt]]:
    """Where a person stands with a quiz under those rules, and their attempts in order."""
    attempts = list(queries.attempts_at(person_id, rules.quiz_id))
    sittings = [resits.Sitting(one.number, one.deadline, one.handed_in_at, one.passed) for one in attempts]
    return resits.standing(sittings, rules.attempts_allowed, rules.resit_wait_hours, clock.now()), attempts


def start(quiz_id: int, person: HasId, *, seed: int | None = None) -> Attempt:
    """Start an attempt in the version the person's enrolment pins; leads to the open one when there is one.

    The order of items and options is drawn from `seed` (by default a random one) and kept. Raises `NotFound` (not
    required of them) or `Conflict` (passed, none left, or too early).
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
    _lay_out(attempt, rules)
    audit.record(person, "attempt.start", attempt, number=attempt.number, version=rules.version)
    return attempt


def _refusal(state: resits.State) -> str:
    sentences = {
        resits.State.PASSED: _("You have passed this quiz already; there is nothing to resit."),
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


def _lay_out(attempt: Attempt, rules: QuizVersion) -> None:
    """Pin the items' versions and the order of items and options."""
    chance = Random(attempt.seed)  # noqa: S311 - an order, not a secret
    rows = list(queries.items_to_show(rules))
    if rules.shuffle_items:
        chance.shuffle(rows)
    db.session.add_all(
        AttemptItem(
            attempt_id=attempt.id,
            position=position,
            item_version_id=version.id,
            type=item.type,
            option_order=item_types.get(item.type).draw(version.body, chance, rules.shuffle_options),
            points=points,
        )
        for position, (points, item, version) in enumerate(rows, start=1)
    )
    db.session.flush()


def hand_in(attempt: Attempt, *, by: HasId | None) -> Attempt:
    """Grade an attempt and write its result into the ledger; one that is handed in already stays as it is.

    The attempt must be locked (`queries.attempts.lock`). After the deadline it counts as handed in at the deadline.
    """
    if attempt.status is AttemptStatus.HANDED_IN:
        return attempt
    now = clock.now()
    over = now >= attempt.deadline
    rules = quizzes.rules_of(attempt.quiz_id, attempt.quiz_version)
    score = grading.score(_grade(attempt), rules.pass_percent)
    for item, earned in zip(_items_of(attempt), score.earned, strict=True):
        item.earned = earned
    attempt.status = AttemptStatus.HANDED_IN
    attempt.handed_in_at = attempt.deadline if over else now
    attempt.handed_in_by = HandedInBy.DEADLINE if over else HandedInBy.PERSON
    attempt.score_percent, attempt.passed = score.percent, score.passed
    db.session.flush()
    audit.record(by, "attempt.hand-in", attempt, by=attempt.handed_in_by.value, score=str(score.percent))
    progress.record(
        attempt.person_id,
        db.session.get_one(Activity, attempt.quiz_id),
        kind.PASSED if score.passed else kind.FAILED,
        client_key=f"attempt:{attempt.id}",
        authority=None,
        version=attempt.quiz_version,
        score_percent=score.percent,
        occurred_at=attempt.handed_in_at,
    )
    return attempt


def _grade(attempt: Attempt) -> list[tuple[int, Fraction]]:
    """Grade the newest answer of each item, keep it beside the item, and return points with fractions, in order."""
    answers = queries.answers_in(attempt)
    results = []
    for item, body in queries.paper_of(attempt):
        event = answers.get(item.position)
        if event is not None and event.answer:
            item.graded_answer = event.answer
        kind_of_item = item_types.get(item.type)
        mark = kind_of_item.mark(body, item.option_order, event.answer if event else [])
        item.critical_error = mark.critical
        results.append((item.points, grading.fraction(kind_of_item, mark)))
    return results


def _items_of(attempt: Attempt) -> list[AttemptItem]:
    statement = select(AttemptItem).where(AttemptItem.attempt_id == attempt.id).order_by(AttemptItem.position)
    return list(db.session.scalars(statement))
