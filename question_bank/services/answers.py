"""Saving one answer: the most travelled way of the house, in two statements that are prepared once.

Here an answer is saved: one `answer_event` row, which triggers keep for ever. The receipt is its number within the
attempt; it leaves the house only after the commit, because the view answers after `@requires` has committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Connection, Table, bindparam, func, insert, select

from question_bank import item_types, words
from question_bank.models import AnswerEvent, Attempt, AttemptItem, AttemptStatus
from training.core import clock
from training.core.db import BigId, Json, UTCDateTime, connection
from training.core.errors import Conflict, Invalid, NotFound

attempts = cast(Table, Attempt.__table__)
shown = cast(Table, AttemptItem.__table__)
events = cast(Table, AnswerEvent.__table__)

OF_ATTEMPT = bindparam("of_attempt", type_=BigId)
AT_POSITION = bindparam("at_position", type_=BigId)
ANSWER = bindparam("new_answer", type_=Json)

# Locks the attempt, so that receipts rise one by one; SQLite's write transaction is that lock already.
FIND = (
    select(attempts.c.status, attempts.c.deadline, shown.c.type, shown.c.option_order)
    .join(shown, shown.c.attempt_id == attempts.c.id)
    .where(attempts.c.id == OF_ATTEMPT, attempts.c.person_id == bindparam("of_person"), shown.c.position == AT_POSITION)
    .with_for_update(of=attempts, key_share=True)
)
NEWEST = (
    select(events.c.receipt, events.c.answer, events.c.saved_at)
    .where(events.c.attempt_id == OF_ATTEMPT, events.c.position == AT_POSITION)
    .order_by(events.c.receipt.desc())
    .limit(1)
)
NEXT_RECEIPT = select(func.coalesce(func.max(events.c.receipt), 0) + 1).where(events.c.attempt_id == OF_ATTEMPT)
# Adds nothing when the newest answer of the position says the same: a double click, or an answer sent again.
SAVE = (
    insert(events)
    .from_select(
        ["attempt_id", "receipt", "position", "answer", "saved_at"],
        select(
            OF_ATTEMPT, NEXT_RECEIPT.scalar_subquery(), AT_POSITION, ANSWER, bindparam("now", type_=UTCDateTime)
        ).where(NEWEST.with_only_columns(events.c.answer).scalar_subquery().is_distinct_from(ANSWER)),
    )
    .returning(events.c.receipt)
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What tells a trainee that an answer is kept: its number within the attempt, and when it was saved."""

    number: int
    saved_at: datetime


def save(attempt_id: int, position: int, answer: Sequence[str], *, person_id: int) -> Receipt:
    """Save the answer (option ids) to one item of the person's own attempt; the same again returns the receipt it has.

    Raises `NotFound` (not an item of an attempt of theirs), `Conflict` (handed in, or time is over) or `Invalid`.
    """
    opened = connection()
    key: dict[str, Any] = {"of_attempt": attempt_id, "at_position": position}
    found = opened.execute(FIND, {**key, "of_person": person_id}).one_or_none()
    if found is None:
        raise NotFound(_("There is no such item in an attempt of yours."))
    now = clock.now()
    kind = item_types.get(found.type)
    given = kind.tidy(answer)
    closed = found.status is not AttemptStatus.OPEN
    if closed or now >= found.deadline:
        return _receipt_or_refusal(opened, key, given, closed)
    before: Sequence[str] = ()
    if item_types.FORWARD in found.option_order:  # what was left behind stays: only here the newest answer is needed
        newest = opened.execute(NEWEST, key).one_or_none()
        before = newest.answer if newest is not None else ()
    fault = kind.answer_fault(found.option_order, given, before)
    if fault:
        raise Invalid(words.answer_refusal(fault))
    receipt = opened.execute(SAVE, {**key, "new_answer": given, "now": now}).scalar()
    if receipt is not None:
        return Receipt(receipt, now)
    newest = opened.execute(NEWEST, key).one()
    return Receipt(newest.receipt, newest.saved_at)


def _receipt_or_refusal(opened: Connection, key: dict[str, Any], given: list[str], closed: bool) -> Receipt:
    """An answer that was saved in time and whose receipt got lost on the way still has it; anything new is refused."""
    newest = opened.execute(NEWEST, key).one_or_none()
    if newest is not None and newest.answer == given:
        return Receipt(newest.receipt, newest.saved_at)
    if closed:
        raise Conflict(_("This attempt has been handed in; answers can no longer be changed."))
    raise Conflict(_("Time is over, so this answer was not saved. What was saved before counts."))
