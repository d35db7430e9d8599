"""Saving answers: the most travelled way of the house, in three statements whatever their number.

Here answers are saved: one `answer_event` row each, which triggers keep for ever. The receipt is its number within the
attempt; it leaves the house only after the commit, because the view answers after `@requires` has committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, bindparam, func, insert, or_, select, update

from question_bank import item_types, standing, words
from question_bank.exams import noting
from question_bank.models import AnswerEvent, Attempt, AttemptItem, AttemptStatus
from question_bank.standing import Stand
from training.core import clock
from training.core.db import BigId, connection
from training.core.errors import Conflict, DomainError, Invalid, NotFound

attempts = cast(Table, Attempt.__table__)
shown = cast(Table, AttemptItem.__table__)
events = cast(Table, AnswerEvent.__table__)

OF_ATTEMPT = bindparam("of_attempt", type_=BigId)


class _Reads(NamedTuple):
    """What is read before anything is saved."""

    find: Select[Any]
    saved: Select[Any]


def _reads(*, of_one: bool) -> _Reads:
    """Both statements, for one answer, as a script sends them, or for many: a list of one costs more than one."""

    def is_given(column: ColumnElement[int], name: str) -> ColumnElement[bool]:
        given = bindparam(name, type_=BigId, expanding=not of_one)
        return column == given if of_one else column.in_(given)

    # Locks the attempt, so that receipts rise one by one; SQLite's write transaction is that lock already.
    find = (
        select(
            attempts.c.status,
            attempts.c.deadline,
            attempts.c.paused_at,
            attempts.c.device,
            shown.c.position,
            shown.c.type,
            shown.c.option_order,
            shown.c.flagged,
        )
        .join(shown, shown.c.attempt_id == attempts.c.id)
        .where(attempts.c.id == OF_ATTEMPT, attempts.c.person_id == bindparam("of_person"))
        .where(is_given(shown.c.position, "positions"))
        .with_for_update(of=attempts, key_share=True)
    )
    newest = select(func.max(events.c.receipt)).where(
        events.c.attempt_id == OF_ATTEMPT, is_given(events.c.position, "positions")
    )
    last = select(func.coalesce(func.max(events.c.receipt), 0).label("last")).where(events.c.attempt_id == OF_ATTEMPT)
    top = last.subquery("top")
    # The newest answer of each position, and those that the sender had seen; one row without them where there are none.
    wanted = or_(
        events.c.receipt.in_(newest.group_by(events.c.position)),
        is_given(events.c.receipt, "seen"),
    )
    saved = select(top.c.last, events.c.receipt, events.c.position, events.c.answer, events.c.saved_at).join_from(
        top, events, and_(events.c.attempt_id == OF_ATTEMPT, wanted), isouter=True
    )
    return _Reads(find, saved)


READS = {of_one: _reads(of_one=of_one) for of_one in (True, False)}
SAVE = insert(events)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was sent. `after` is the receipt that the sender saw at the item, 0 for none.

    None, for callers that come from no page: whatever is saved by now. `flagged` sets the mark to look again.
    """

    answer: Sequence[str]
    after: int | None = None
    flagged: bool | None = None


class Receipt(NamedTuple):
    """What tells a trainee that an answer is kept: its number within the attempt, and when it was saved."""

    number: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer was not saved; `newer` is the receipt of what is saved instead, where that is the reason."""

    error: DomainError
    newer: Receipt | None = None
    saved: Sequence[str] = ()


Outcome = Receipt | Refusal | None


class Told(NamedTuple):
    """What came of each answer by position, and until when the attempt takes others; not running while `paused`."""

    answers: dict[int, Outcome]
    deadline: datetime
    paused: bool


class _Saved(NamedTuple):
    """What is saved at a position (`newest`), and what was when the sender looked."""

    newest: Any | None
    seen: Sequence[str]


def save(attempt_id: int, given: Mapping[int, Given], *, person_id: int, device: str = "") -> Told:
    """Save answers by position to items of the person's own attempt; each gets a receipt, or a refusal of its own.

    The same again gets the receipt it has. None: nothing was answered, and nothing is. An answer that somebody gave
    who had not seen the newest one is refused (`standing`). Raises `NotFound` (not items of an attempt of theirs).
    """
    opened = connection()
    of_one = len(given) == 1
    reads = READS[of_one]
    key: dict[str, Any] = {"of_attempt": attempt_id, "positions": next(iter(given)) if of_one else list(given)}
    seen = [one.after or 0 for one in given.values()]
    key["seen"] = seen[0] if of_one else seen
    found = {row.position: row for row in opened.execute(reads.find, {**key, "of_person": person_id})}
    if len(found) != len(given) or not given:
        raise NotFound(_("There is no such item in an attempt of yours."))
    now = clock.now()
    last, saved = _saved_at(opened.execute(reads.saved, key).all(), given)
    attempt = next(iter(found.values()))
    closed = _closed(attempt, now)
    told = Told({}, attempt.deadline, attempt.paused_at is not None)
    rows: list[dict[str, Any]] = []
    for position, one in given.items():
        item = found[position]
        answer = item_types.get(item.type).tidy(one.answer)
        outcome = _settle(item, answer, one, saved[position], closed)
        if outcome is Stand.NEW:
            receipt = Receipt(last + len(rows) + 1, now)
            rows.append(_row(attempt_id, receipt, position, answer))
            told.answers[position] = receipt
        else:
            told.answers[position] = outcome
    if rows:
        opened.execute(SAVE, rows)
    if closed is None:
        _flag(opened, attempt_id, found, given)
        if device and device != attempt.device:
            noting.sat_at(opened, attempt_id, device, before=attempt.device)
    return told


def _row(attempt_id: int, receipt: Receipt, position: int, answer: Sequence[str]) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id,
        "receipt": receipt.number,
        "position": position,
        "answer": answer,
        "saved_at": receipt.saved_at,
    }


def _closed(attempt: Any, now: datetime) -> DomainError | None:
    """Why nothing new can be saved, if so; what was chosen before a pause is still taken."""
    if attempt.status is not AttemptStatus.OPEN:
        return Conflict(_("This attempt has been handed in; answers can no longer be changed."))
    if attempt.paused_at is None and now >= attempt.deadline:
        return Conflict(_("Time is over, so this answer was not saved. What was saved before counts."))
    return None


def _saved_at(rows: Sequence[Any], given: Mapping[int, Given]) -> tuple[int, dict[int, _Saved]]:
    """The newest receipt of the attempt, and what is saved at each of those positions."""
    newest: dict[int, Any] = {}
    by_receipt = {}
    for row in rows:
        if row.receipt is not None:
            by_receipt[row.receipt, row.position] = row.answer
            if row.position not in newest or newest[row.position].receipt < row.receipt:
                newest[row.position] = row
    last = rows[0].last
    return last, {
        position: _Saved(newest.get(position), by_receipt.get((one.after, position), ()))
        for position, one in given.items()
    }


def _settle(item: Any, answer: list[str], given: Given, saved: _Saved, closed: DomainError | None) -> Any:
    """`Stand.NEW`, or what the sender is told instead of saving."""
    newest = saved.newest
    stand = standing.of_answer(
        answer,
        given.after,
        saved=None if newest is None else (newest.receipt, newest.answer),
        seen=saved.seen,
    )
    receipt = None if newest is None else Receipt(newest.receipt, newest.saved_at)
    if stand is Stand.SAME:
        return receipt
    if closed is not None:
        return Refusal(closed)
    if stand is Stand.OLDER:
        words_of_it = _("Another answer was saved here meanwhile, from another window or device. It stays.")
        return Refusal(Conflict(words_of_it), receipt, newest.answer if newest else ())
    before: Sequence[str] = newest.answer if newest is not None else ()
    fault = item_types.get(item.type).answer_fault(item.option_order, answer, before)
    return Refusal(Invalid(words.answer_refusal(fault))) if fault else stand


def _flag(opened: Connection, attempt_id: int, found: Mapping[int, Any], given: Mapping[int, Given]) -> None:
    """Set and take away marks to look again; only where one changes."""
    for wanted in (True, False):
        moved = [place for place, one in given.items() if one.flagged is wanted and found[place].flagged is not wanted]
        if moved:
            here = update(shown).where(shown.c.attempt_id == attempt_id, shown.c.position.in_(moved))
            opened.execute(here.values(flagged=wanted))
