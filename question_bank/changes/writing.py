"""Doing one thing to many locked items in a bounded number of statements, each with its audit line. Does not commit.

Each function returns how it left the items: version and state, by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, update

from question_bank.changes import queries
from question_bank.changes.queries import Found
from question_bank.models import Item, ItemNote, ItemState, ItemTag, ItemTerms, ItemVersion, NoteKind
from question_bank.pictures import services as pictures
from question_bank.services import indexing
from question_bank.services.items import digest, mirrored, says_the_same
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db, upsert

Left = dict[int, tuple[int, str]]


@dataclass(frozen=True)
class Hand:
    """Who acts, and in which change."""

    actor: Actor
    change_id: int

    def record(self, verb: str, found: Sequence[Found], details: Callable[[Item], dict[str, Any]]) -> None:
        """An audit line for each item."""
        lines = ((one.item, {**details(one.item), "item_change": self.change_id}) for one in found)
        audit.record_all(self.actor, verb, lines)


def put_in_category(found: Sequence[Found], wanted: Mapping[int, int | None], *, hand: Hand) -> Left:
    """Put each item into the category that stands under its id, or into none."""
    db.session.execute(update(Item), [{"id": one.item.id, "category_id": wanted[one.item.id]} for one in found])
    names = queries.names_of({one for one in wanted.values() if one is not None})
    hand.record("item.place", found, lambda item: {"category": names.get(wanted[item.id] or 0, "")})
    return _as_they_are(found)


def put_tag(found: Sequence[Found], tag: str, *, on: bool, hand: Hand) -> Left:
    """Give all items a tag, or take it away, and let them be found accordingly."""
    ids = [one.item.id for one in found]
    if on:
        rows = [{"item_id": item_id, "tag": tag} for item_id in ids]
        db.session.execute(upsert(ItemTag, rows, keys=["item_id", "tag"]))
    else:
        db.session.execute(delete(ItemTag).where(ItemTag.item_id.in_(ids), ItemTag.tag == tag))
    tags = queries.tags_of(ids)
    terms = [indexing.row_of(one.item.id, one.item.code, tags.get(one.item.id, ()), one.body) for one in found]
    db.session.execute(upsert(ItemTerms, terms, keys=["item_id"], put=["lead", "rest"]))
    hand.record("item.place", found, lambda item: {"tags": tags.get(item.id, [])})
    return _as_they_are(found)


def revise(found: Sequence[Found], bodies: Mapping[int, dict[str, Any]], *, hand: Hand) -> Left:
    """Make the next version of each item; a draft, unless it says what the approved one says.

    Search terms stay: what a change writes of a body is no text that is searched.
    """
    approved = queries.approved_bodies([one.item.id for one in found])
    now, left, rows = clock.now(), {}, []
    for one in found:
        item, body = one.item, bodies[one.item.id]
        stands = item.id in approved and says_the_same(approved[item.id], body)
        state = ItemState.APPROVED if stands else ItemState.DRAFT
        left[item.id] = (item.version + 1, state.value)
        row = {"id": item.id, "version": item.version + 1, "state": state, "digest": digest(item.type, body)}
        row["approved_version"] = item.version + 1 if stands else item.approved_version
        rows.append({**row, **mirrored(body)})
    versions = [
        {
            "item_id": one.item.id,
            "version": one.item.version + 1,
            "body": bodies[one.item.id],
            "author_id": hand.actor.id,
            "created_at": now,
        }
        for one in found
    ]
    db.session.execute(update(Item), rows)
    db.session.execute(insert(ItemVersion), versions)
    pictures.pin_newest(bodies)
    hand.record("item.revise", found, lambda item: {"version": left[item.id][0]})
    return left


def step(found: Sequence[Found], kind: NoteKind, words: str, values: dict[str, Any], *, hand: Hand) -> Left:
    """Take a step of the review with all items, or retire or restore them, with a note in the history of each."""
    db.session.execute(update(Item), [{"id": one.item.id, **values} for one in found])
    now = clock.now()
    notes = [
        {
            "item_id": one.item.id,
            "version": one.item.version,
            "kind": kind,
            "text": words,
            "person_id": hand.actor.id,
            "created_at": now,
        }
        for one in found
    ]
    db.session.execute(insert(ItemNote), notes)
    told = {"reason": words} if words else {}
    hand.record(f"item.{kind.value}", found, lambda item: {"version": item.version, **told})
    state = values.get("state")
    retired = values.get("retired_at") is not None
    return {one.item.id: (one.item.version, "retired" if retired else (state or one.item.state).value) for one in found}


def _as_they_are(found: Sequence[Found]) -> Left:
    return {one.item.id: (one.seen.version, one.seen.state) for one in found}
