"""Deciding about many submitted items at once, each by the rules of `review.py`, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, update

from question_bank import item_types, policies
from question_bank.models import Item, ItemNote, ItemState, NoteKind
from question_bank.queries import reviews
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.scopes import Scope


@dataclass(frozen=True)
class Decision:
    """What a reviewer decides about the version that was shown; returning says why."""

    item_id: int
    version: int
    approves: bool
    words: str = ""


@dataclass
class Decided:
    """The items that were approved and returned, and those left out because they were changed since the page."""

    approved: list[Item] = field(default_factory=list)
    returned: list[Item] = field(default_factory=list)
    left_out: list[Item] = field(default_factory=list)


def decide(decisions: Sequence[Decision], *, decided_by: Actor) -> Decided:
    """Approve and return items as decided; does not commit.

    What was changed since, is faulty, or is not the actor's to decide about is left out. What is so already, as after
    a second click, counts and is not done again. Items of others' banks are passed by.
    """
    wanted = {one.item_id: one for one in decisions}
    rows = reviews.lock(decided_by, sorted(wanted))
    writers = reviews.writers_of([row.Item.id for row in rows])
    decided, todo = Decided(), []
    for item, scope, body in rows:
        decision = wanted[item.id]
        if _is_done(item, decision):
            (decided.approved if decision.approves else decided.returned).append(item)
        elif _may_be_done(item, scope, body, decision, writers.get(item.id, set()), decided_by):
            (decided.approved if decision.approves else decided.returned).append(item)
            todo.append((item, decision))
        else:
            decided.left_out.append(item)
    if todo:
        _write(todo, decided_by)
    return decided


def _is_done(item: Item, decision: Decision) -> bool:
    state = ItemState.APPROVED if decision.approves else ItemState.DRAFT
    return (item.version, item.state) == (decision.version, state)


def _may_be_done(
    item: Item, scope: Scope, body: dict[str, Any], decision: Decision, writers: set[int], actor: Actor
) -> bool:
    if item.version != decision.version or not policies.may_review(actor, item, scope, writers):
        return False
    return not decision.approves or not item_types.get(item.type).validate(body)


def _write(todo: Sequence[tuple[Item, Decision]], actor: Actor) -> None:
    now = clock.now()
    states = [
        {
            "id": item.id,
            "state": ItemState.APPROVED if decision.approves else ItemState.DRAFT,
            "approved_version": item.version if decision.approves else item.approved_version,
        }
        for item, decision in todo
    ]
    notes = [
        {
            "item_id": item.id,
            "version": item.version,
            "kind": _kind(decision),
            "text": decision.words,
            "person_id": actor.id,
            "created_at": now,
        }
        for item, decision in todo
    ]
    db.session.execute(update(Item), states)
    db.session.execute(insert(ItemNote), notes)
    for kind in (NoteKind.APPROVED, NoteKind.RETURNED):
        lines = [
            (item, {"version": item.version, **({"reason": decision.words} if decision.words else {})})
            for item, decision in todo
            if _kind(decision) is kind
        ]
        audit.record_all(actor, f"item.{kind.value}", lines)


def _kind(decision: Decision) -> NoteKind:
    return NoteKind.APPROVED if decision.approves else NoteKind.RETURNED
