"""Drafting a ruling, looking at what it would change, deciding it, and carrying it out; none of these commits.

It is carried out person by person, each in a transaction of its own, so that it takes locks as every other act about a
person does. Whatever dies in between, an attempt was marked anew once, with its line, or still waits: marking is
computed from the answers, so that doing it again changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from question_bank import kind
from question_bank.marking.services import Given
from question_bank.models import Attempt, AttemptItem, Item, ItemVersion, Quiz
from question_bank.permissions import Permission
from question_bank.queries import attempts
from question_bank.regrading import letters, papers, queries, rules, words
from question_bank.regrading.models import RegradeLine, Ruling, RulingStatus
from question_bank.regrading.moves import Move, Preview
from question_bank.regrading.rules import Answered, Earned, Ruled, Rulings
from question_bank.services.items import Stale
from training.accounts import services as accounts
from training.activities.models import Activity
from training.core import audit, clock, jobs
from training.core.access import Actor
from training.core.audit import HasId
from training.core.db import batches, db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.progress import services as progress
from training.progress.outcomes import Outcome

WORK = "question_bank:regrade"
A_PIECE = 100
"""So many people are looked at between two notes of how far it has come."""
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to rule: about an item version, or with `PASS_MARK` about the whole quiz."""

    kind: Ruled
    reason: str
    item_version_id: int | None = None
    by_version_id: int | None = None
    pass_percent: int | None = None


def draft(quiz: Activity, scope: Scope, wish: Wish, *, drafted_by: Actor) -> Ruling:
    """Keep a ruling to be looked at; nothing is marked by it. The same sent again is the one there is. No commit.

    Raises `NotAllowed`, `NotFound` (no attempt showed the item) or `Invalid` (it does not fit).
    """
    drafted_by.require(Permission.QUIZ_WRITE, scope.path)
    if not wish.reason.strip():
        raise Invalid(_("Write the reason: everybody whose result changes reads it."))
    if wish.item_version_id is not None:
        _require_fit(quiz, *queries.version_shown(quiz.id, wish.item_version_id), wish)
    values = {
        "quiz_id": quiz.id,
        "quiz_version": quiz.version,
        "item_version_id": wish.item_version_id,
        "kind": wish.kind,
        "by_version_id": wish.by_version_id,
        "pass_percent": wish.pass_percent,
        "reason": wish.reason.strip(),
        "drafted_by_id": drafted_by.id,
        "status": RulingStatus.DRAFTED,
    }
    _lock_quiz(quiz.id)
    known = db.session.scalar(select(Ruling).filter_by(**values).order_by(Ruling.id.desc()).limit(1))
    if known is not None:
        return known
    ruling = Ruling(**values, drafted_at=clock.now())
    db.session.add(ruling)
    db.session.flush()
    return ruling


def _require_fit(quiz: Activity, item: Item, version: ItemVersion, wish: Wish) -> None:
    if wish.kind is not Ruled.KEY:
        return
    other = next(
        (one for one in queries.versions_to_mark_by(item, version) if one.id == wish.by_version_id),
        None,
    )
    if other is None:
        raise Invalid(_("Choose an approved version of this item; its key is what counts then."))
    draws = queries.draws_of(version.id, quiz.id)
    why = rules.misfit(item.type, version.body, other.body, draws)
    if why is not None:
        raise Invalid(words.misfit(why, other.version))


def _lock_quiz(quiz_id: int) -> None:
    """Keep whoever finishes an attempt at the quiz, or decides about it, waiting until the transaction ends."""
    db.session.execute(select(Quiz.activity_id).where(Quiz.activity_id == quiz_id).with_for_update(key_share=True))


def look(ruling: Ruling) -> Preview:
    """What a drafted ruling would change, added to those in force; reads only."""
    found = queries.attempts_about(ruling)
    held = Rulings([*queries.in_force(ruling.quiz_id).decisions, queries.decision_of(ruling)])
    moves = list(_moves(found, held))
    lost, gained = _turned(ruling.quiz_id, moves)
    return Preview(len(found), moves, lost, gained, queries.without_result(ruling))


def _moves(found: Sequence[Any], held: Rulings) -> Iterator[Move]:
    """The attempts (rows of `attempts_about`) that come to something else by those rulings."""
    for some in batches(found):
        shown = papers.papers_of([one.id for one in some])
        for row in some:
            move = _move(row, shown.get(row.id, []), held)
            if move.items or move.is_felt:
                yield move


def _move(row: Any, pairs: Sequence[tuple[Answered, Any]], held: Rulings) -> Move:
    """What an attempt (a row of `attempts_about`) with those items comes to by those rulings."""
    result = rules.mark(
        [one for one, _row in pairs],
        held.pass_percent(row.quiz_version, row.own_percent),
        held,
        row.critical_limit,
    )
    had = {item.position: Earned(item.earned, item.critical_error) for _one, item in pairs}
    return Move(
        row.id,
        row.person_id,
        row.name,
        row.number,
        (row.score_percent, result.percent),
        (row.passed, result.passed),
        {place: (had[place], now) for place, now in result.items.items() if had[place] != now},
        is_emptied=not result.points,
    )


def look_at(attempt: Attempt, marks: Mapping[int, Given]) -> Preview:
    """What a locked attempt with a result would come to if those marks, by position, counted; reads only.

    Nobody decides a ruling on its quiz until the transaction ends. Raises `Conflict` while one is being carried out.
    """
    _quiz, _rules, held = queries.rules_to_mark_by(attempt.quiz_id, attempt.quiz_version)
    if queries.is_running(attempt.quiz_id):
        raise Conflict(_("A ruling on this quiz is being carried out. Wait a moment, then send this again."))
    [row] = queries.with_result(Attempt.id == attempt.id)
    pairs = [
        (replace(one, given=marks[one.position].points, critical=marks[one.position].critical), item)
        if one.position in marks
        else (one, item)
        for one, item in papers.papers_of([attempt.id])[attempt.id]
    ]
    move = _move(row, pairs, held)
    moves = [move] if move.items or move.is_felt else []
    return Preview(1, moves, *_turned(attempt.quiz_id, moves))


def _turned(quiz_id: int, moves: Sequence[Move]) -> tuple[set[int], set[int]]:
    """The people who pass no more by any attempt, and those who do now."""
    turned = [one for one in moves if one.passed[0] != one.passed[1]]
    before = queries.passed_by(quiz_id, {one.person_id for one in turned})
    lost, gained = set(), set()
    for person_id, own in _by_person(turned).items():
        had = before.get(person_id, set())
        has = {*had, *(one.attempt_id for one in own if one.passed[1])}
        has -= {one.attempt_id for one in own if not one.passed[1]}
        if had and not has:
            lost.add(person_id)
        if has and not had:
            gained.add(person_id)
    return lost, gained


def _by_person(moves: Sequence[Move]) -> dict[int, list[Move]]:
    found: dict[int, list[Move]] = defaultdict(list)
    for one in moves:
        found[one.person_id].append(one)
    return found


def decide(ruling: Ruling, scope: Scope, preview: Preview, *, seen: str, decided_by: Actor) -> None:
    """Have a locked ruling carried out by the worker; a second click changes nothing. Does not commit.

    From now on what is finished is marked by it. Raises `NotAllowed`, `Stale` (what was seen is not so any more),
    `Invalid` (an attempt would have no points left) or `Conflict` (it holds already, or another one is being carried
    out).
    """
    decided_by.require(Permission.QUIZ_WRITE, scope.path)
    if ruling.status is not RulingStatus.DRAFTED:
        return
    _lock_quiz(ruling.quiz_id)
    if queries.is_running(ruling.quiz_id):
        raise Conflict(_("Another ruling on this quiz is being carried out. Wait a moment, then look at yours again."))
    if _holds_already(ruling):
        raise Conflict(_("This is decided already; the list of rulings on the quiz's page says by whom."))
    if preview.is_emptying:
        raise Invalid(_("Some attempts would have no item left that counts. Give everybody full points instead."))
    if preview.seen != seen:
        raise Stale(_("Something has changed since you looked. Look at it as it is now, then decide."))
    ruling.status, ruling.decided_by_id, ruling.decided_at = RulingStatus.RUNNING, decided_by.id, clock.now()
    ruling.moving = len(preview.moves)
    db.session.execute(update(Quiz).where(Quiz.activity_id == ruling.quiz_id).values(ruled=True))
    db.session.flush()
    audit.record(decided_by, "ruling.decide", ruling, ruling=ruling.kind.value, moved=ruling.moving)
    jobs.enqueue(WORK, ruling_id=ruling.id)


def _holds_already(ruling: Ruling) -> bool:
    """Whether marking is by just this already; an own key, or an own pass mark, where nothing else was decided."""
    held, wanted = queries.in_force(ruling.quiz_id), queries.decision_of(ruling)
    if ruling.item_version_id is not None:
        now = held.on(ruling.item_version_id)
        return ruling.by_version_id == ruling.item_version_id if now is None else now == wanted
    marks = [one for one in held.decisions if one.kind is Ruled.PASS_MARK]
    return marks[-1] == wanted if marks else ruling.pass_percent is None


@dataclass(frozen=True)
class Piece:
    """The next people of a ruling that is being carried out: up to whom, and whose attempts change; none at the end."""

    last: int | None
    changing: Sequence[int]


def next_piece(ruling_id: int) -> Piece | None:
    """What is to be done next; None when the ruling is carried out. Reads only."""
    ruling = db.session.get_one(Ruling, ruling_id)
    if ruling.status is not RulingStatus.RUNNING:
        return None
    people = queries.people_after(ruling, A_PIECE)
    moves = _moves(queries.attempts_about(ruling, people), queries.in_force(ruling.quiz_id)) if people else []
    return Piece(people[-1] if people else None, sorted({one.person_id for one in moves}))


def pass_on(ruling_id: int, last: int | None) -> None:
    """Note that the ruling is carried out for everybody up to that person, or (None) for all. Does not commit."""
    ruling = db.session.scalars(select(Ruling).where(Ruling.id == ruling_id).with_for_update()).one()
    if ruling.status is not RulingStatus.RUNNING:
        return
    if last is None:
        ruling.status, ruling.ended_at = RulingStatus.DONE, clock.now()
    else:
        ruling.reached = max(ruling.reached, last)
    db.session.flush()


def carry_out(ruling_id: int, person_id: int) -> None:
    """Mark one person's attempts by the rulings in force, with all that follows from it. Does not commit."""
    ruling = db.session.get_one(Ruling, ruling_id)
    own = queries.attempts_about(ruling, [person_id])
    for one in own:
        attempts.lock(one.id)
    accounts.lock(person_id)
    moves = list(_moves(queries.attempts_about(ruling, [person_id]), queries.in_force(ruling.quiz_id)))
    if not moves:
        return
    quiz = db.session.get_one(Activity, ruling.quiz_id)
    decider = Actor(id=ruling.decided_by_id or 0, name="")
    for move in moves:
        _keep_line(ruling, move)
    mark_anew(quiz, moves, Cause(f"ruling:{ruling.id}", decider, {"ruling": ruling.id}))
    for move in moves:
        if move.is_felt:
            letters.tell(ruling, quiz, move)


@dataclass(frozen=True)
class Cause:
    """Why attempts are marked anew: its name within the ledger's key, who decided, what the audit trail adds."""

    name: str
    decided_by: HasId
    details: Mapping[str, Any] = field(default_factory=dict)


def mark_anew(quiz: Activity, moves: Sequence[Move], cause: Cause) -> None:
    """Write what one person's locked attempts come to now, and what follows from it. Does not commit."""
    lost, _gained = _turned(quiz.id, moves)
    for move in moves:
        _write(move)
    for move in moves:
        if move.is_felt:
            _record(quiz, move, cause, is_last=move is _last_turned(moves) and move.person_id in lost)


def _last_turned(moves: Sequence[Move]) -> Move | None:
    """The last attempt that does not pass any more: its line takes the pass back, if none is left."""
    return next((one for one in reversed(moves) if one.passed == (True, False)), None)


def _keep_line(ruling: Ruling, move: Move) -> None:
    db.session.add(
        RegradeLine(
            ruling_id=ruling.id,
            attempt_id=move.attempt_id,
            before=move.as_json(0),
            after=move.as_json(1),
            at=clock.now(),
        )
    )


def _write(move: Move) -> None:
    """The attempt as it is now; the figures of its items are to be counted again."""
    values = {"score_percent": move.score[1], "passed": move.passed[1], "counted": False}
    db.session.execute(update(Attempt).where(Attempt.id == move.attempt_id).values(values))
    for place, (_before, now) in move.items.items():
        here = (AttemptItem.attempt_id == move.attempt_id, AttemptItem.position == place)
        marks = {"earned": now.earned, "critical_error": now.critical}
        db.session.execute(update(AttemptItem).where(*here).values(marks))
    db.session.flush()


def _record(quiz: Activity, move: Move, cause: Cause, *, is_last: bool) -> None:
    """A line in the ledger that stands for the attempt instead of the one before."""
    attempt = db.session.get_one(Attempt, move.attempt_id)
    progress.record(
        move.person_id,
        quiz,
        _outcome(move, is_last=is_last),
        client_key=f"attempt:{move.attempt_id}:{cause.name}",
        authority=cause.decided_by,
        version=attempt.quiz_version,
        score_percent=move.score[1],
        corrects=queries.newest_line(move.person_id, quiz.id, move.attempt_id),
    )
    audit.record(cause.decided_by, "attempt.regrade", attempt, **cause.details, score=str(move.score[1]))


def _outcome(move: Move, *, is_last: bool) -> Outcome:
    """What the new line says; one of −1 only where no other attempt of the person passes."""
    if is_last:
        return kind.TAKEN_BACK
    if not move.passed[1]:
        return kind.FAILED
    return kind.RESCORED if move.passed[0] else kind.PASSED


def forget(ruling_ids: Sequence[int]) -> None:
    """Delete rulings that were never decided; nothing came of them."""
    db.session.execute(delete(Ruling).where(Ruling.id.in_(ruling_ids), Ruling.status == RulingStatus.DRAFTED))
