"""Looking at a change, confirming it, doing a piece of it, and undoing it; none of these commits.

A piece is done together with its lines and with `done`, which says where the next begins: whatever dies in between,
an item is changed once or still waits, and who comes with a piece that is done finds that out from `done`. An item is
changed as it was shown or not at all: what anybody changed since is left alone, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update

from question_bank.changes import queries, rules, writing
from question_bank.changes.models import ChangeLine, ChangeStatus, Fate, ItemChange
from question_bank.changes.queries import Found
from question_bank.changes.rules import Act, Reason, Seen
from question_bank.changes.writing import Hand, Left
from question_bank.models import ItemState, NoteKind
from question_bank.permissions import Permission
from training.core import audit, clock, jobs
from training.core.access import Actor
from training.core.db import batches, db
from training.core.errors import Conflict, Invalid

WORK = "question_bank:change"
A_PIECE = 200
MOST = 5000
UNDO_WITHIN = timedelta(days=7)
FORGET_AFTER = timedelta(days=1)


def plan(act: Act, value: str, ids: Sequence[int], *, actor: Actor) -> list[dict[str, Any]]:
    """What would become of those of the items that the actor may read, as rows of `ChangeLine`; reads only.

    Raises `Invalid` (none of them, or more than one change takes).
    """
    if len(ids) > MOST:
        raise Invalid(_("One change takes at most %(most)s items. Filter the list further.", most=MOST))
    found = queries.look(act, value, ids, actor=actor)
    if not found:
        raise Invalid(_("Tick the items first, then choose what to do with them."))
    paths = queries.paths_of({one.item.scope_id for one in found})
    bank = queries.bank_of_category(value) if act is Act.CATEGORY and value else None
    rows = []
    for number, one in enumerate(sorted(found, key=lambda one: (one.item.code, one.item.id)), start=1):
        is_own = actor.may(Permission.ITEM_WRITE, paths[one.item.scope_id])
        seen = replace(one.seen, is_own=is_own, fits=bank in {None, one.item.scope_id})
        reason = rules.left_alone(act, value, seen)
        rows.append(
            {
                "number": number,
                "item_id": one.item.id,
                "version": seen.version,
                "had": list(seen.has),
                "fate": Fate.LEFT if reason else Fate.WILL,
                "reason": reason,
            }
        )
    return rows


def open_change(act: Act, value: str, rows: Sequence[dict[str, Any]], *, opened_by: Actor) -> ItemChange:
    """Keep a plan, to be looked at and confirmed; no item is touched. Raises `Invalid` (a value is missing)."""
    if not value and act not in rules.MAY_BE_EMPTY | {Act.SUBMIT}:
        raise Invalid(_("Fill this in."))
    change = ItemChange(
        person_id=opened_by.id,
        act=act,
        value=value,
        status=ChangeStatus.LOOKED_AT,
        total=len(rows),
        created_at=clock.now(),
    )
    db.session.add(change)
    db.session.flush()
    for some in batches(rows):
        db.session.execute(insert(ChangeLine), [{"change_id": change.id, **row} for row in some])
    return change


def confirm(change: ItemChange, *, confirmed_by: Actor) -> None:
    """Carry out a locked change of one's own: here and now where it is small, else by the worker.

    A second click changes nothing. Raises `Invalid` when nothing is left to be changed.
    """
    if change.status is not ChangeStatus.LOOKED_AT:
        return
    _leave_what_is_not_own(change, Fate.WILL, Fate.LEFT, confirmed_by)
    if not queries.counts_of(change)[Fate.WILL.value]:
        raise Invalid(_("No item is left to be changed; choose others, or something else to do with them."))
    change.status = ChangeStatus.RUNNING
    audit.record(confirmed_by, "item_change.confirm", change, act=change.act.value, items=change.total)
    _begin(change)


def undo(change: ItemChange, *, undone_by: Actor) -> None:
    """Put back what a locked change of one's own did, where nobody changed an item since.

    A second click changes nothing. Raises `Conflict` when it is not done yet, or too long ago.
    """
    if change.status in {ChangeStatus.UNDOING, ChangeStatus.UNDONE}:
        return
    if not may_be_undone(change):
        raise Conflict(_("A change can be undone within seven days after it was carried out."))
    _leave_what_is_not_own(change, Fate.DONE, Fate.KEPT, undone_by)
    change.status, change.done = ChangeStatus.UNDOING, 0
    audit.record(undone_by, "item_change.undo", change, act=change.act.value, items=change.total)
    _begin(change)


def may_be_undone(change: ItemChange) -> bool:
    """Whether it is done, and not longer ago than a week."""
    ended = change.ended_at if change.status is ChangeStatus.FINISHED else None
    return ended is not None and clock.now() <= ended + UNDO_WITHIN


def _leave_what_is_not_own(change: ItemChange, fate: Fate, left: Fate, actor: Actor) -> None:
    """Leave items alone in whose bank the actor does not write any more."""
    numbers = db.session.scalars(queries.elsewhere(change.id, fate, actor.paths(Permission.ITEM_WRITE))).all()
    for some in batches(numbers):
        own = (ChangeLine.change_id == change.id, ChangeLine.number.in_(some))
        db.session.execute(update(ChangeLine).where(*own).values(fate=left, reason=Reason.NOT_YOURS))


def _begin(change: ItemChange) -> None:
    db.session.flush()
    if change.total <= A_PIECE:
        do_piece(change.id, 0)
    else:
        jobs.enqueue(WORK, change_id=change.id)


def do_piece(change_id: int, start: int) -> int | None:
    """Do or undo the lines from `start` on, as many as make a piece; returns where the next begins, None at the end.

    None too when there is nothing to do, or somebody else has done this piece.
    """
    change = db.session.scalars(select(ItemChange).where(ItemChange.id == change_id).with_for_update()).one()
    going = {ChangeStatus.RUNNING: Fate.WILL, ChangeStatus.UNDOING: Fate.DONE}
    if change.status not in going or change.done != start:
        return None
    end = min(start + A_PIECE, change.total)
    lines = queries.lines_between(change_id, start + 1, end, going[change.status])
    found = {
        one.item.id: one for one in queries.look(change.act, change.value, [one.item_id for one in lines], lock=True)
    }
    work = _do if change.status is ChangeStatus.RUNNING else _undo
    work(change, lines, found)
    change.done = end
    if end == change.total:
        _end(change)
    db.session.flush()
    return end if end < change.total else None


def _end(change: ItemChange) -> None:
    if change.status is ChangeStatus.RUNNING:
        change.status, change.ended_at = ChangeStatus.FINISHED, clock.now()
    else:
        change.status, change.undone_at = ChangeStatus.UNDONE, clock.now()


def _do(change: ItemChange, lines: Sequence[ChangeLine], found: Mapping[int, Found]) -> None:
    reasons: dict[int, Reason] = {}
    for line in lines:
        seen = found[line.item_id].seen
        reason = rules.left_alone(change.act, change.value, seen) or _moved_on(change.act, line, seen)
        if reason:
            reasons[line.item_id] = reason
    chosen = [found[line.item_id] for line in lines if line.item_id not in reasons]
    left = _carried_out(change, chosen) if chosen else {}
    _tell(lines, Fate.DONE, left, Fate.LEFT, reasons)


def _moved_on(act: Act, line: ChangeLine, seen: Seen) -> Reason | None:
    """Whether the item is not any more what was shown: another version, or another value than it had."""
    same_version = act in rules.PLACING or seen.version == line.version
    return None if same_version and list(seen.has) == line.had else Reason.CHANGED


def _carried_out(change: ItemChange, chosen: Sequence[Found]) -> Left:
    act, value, hand = change.act, change.value, _hand(change)
    if act is Act.CATEGORY:
        return writing.put_in_category(chosen, dict.fromkeys(_ids(chosen), int(value) if value else None), hand=hand)
    if act in {Act.TAG, Act.UNTAG}:
        return writing.put_tag(chosen, value, on=act is Act.TAG, hand=hand)
    if act is Act.SUBMIT:
        return writing.step(chosen, NoteKind.SUBMITTED, value, {"state": ItemState.IN_REVIEW}, hand=hand)
    if act is Act.RETIRE:
        return writing.step(chosen, NoteKind.RETIRED, value, {"retired_at": clock.now()}, hand=hand)
    has = [value] if value else []
    bodies = {one.item.id: rules.body_with(act, has, one.body) for one in chosen}
    return writing.revise(chosen, bodies, hand=hand)


def _undo(change: ItemChange, lines: Sequence[ChangeLine], found: Mapping[int, Found]) -> None:
    reasons: dict[int, Reason] = {}
    for line in lines:
        now = found[line.item_id].seen
        then = Seen(line.item_id, line.done_version or 0, line.done_state or "")
        reason = rules.not_put_back(change.act, change.value, line.had, now, then)
        if reason:
            reasons[line.item_id] = reason
    chosen = [line for line in lines if line.item_id not in reasons]
    if chosen:
        _put_back(change, chosen, [found[line.item_id] for line in chosen])
    left = {line.item_id: (line.done_version or 0, line.done_state or "") for line in lines}
    _tell(lines, Fate.BACK, left, Fate.KEPT, reasons)


def _put_back(change: ItemChange, lines: Sequence[ChangeLine], found: Sequence[Found]) -> None:
    act, hand = change.act, _hand(change)
    if act is Act.CATEGORY:
        writing.put_in_category(found, {one.item_id: int(one.had[0]) if one.had else None for one in lines}, hand=hand)
    elif act in {Act.TAG, Act.UNTAG}:
        writing.put_tag(found, change.value, on=act is Act.UNTAG, hand=hand)
    elif act is Act.SUBMIT:
        writing.step(found, NoteKind.WITHDRAWN, "", {"state": ItemState.DRAFT}, hand=hand)
    elif act is Act.RETIRE:
        writing.step(found, NoteKind.RESTORED, "", {"retired_at": None, "superseded_by_id": None}, hand=hand)
    else:
        bodies = queries.bodies_before(change.id, [one.number for one in lines])
        writing.revise(found, bodies, hand=hand)


def _tell(lines: Sequence[ChangeLine], good: Fate, left: Left, bad: Fate, reasons: Mapping[int, Reason]) -> None:
    """Write what became of each line, all in one statement."""
    rows = [
        {
            "change_id": line.change_id,
            "number": line.number,
            "fate": bad if line.item_id in reasons else good,
            "reason": reasons.get(line.item_id),
            "done_version": left.get(line.item_id, (None, None))[0],
            "done_state": left.get(line.item_id, (None, None))[1],
        }
        for line in lines
    ]
    if rows:
        db.session.execute(update(ChangeLine), rows)


def _hand(change: ItemChange) -> Hand:
    return Hand(Actor(id=change.person_id, name=""), change.id)


def _ids(found: Sequence[Found]) -> list[int]:
    return [one.item.id for one in found]


def forget(change_ids: Sequence[int]) -> None:
    """Delete changes that were never confirmed, with their lines; nothing came of them."""
    for model, column in ((ChangeLine, ChangeLine.change_id), (ItemChange, ItemChange.id)):
        db.session.execute(delete(model).where(column.in_(change_ids)))
