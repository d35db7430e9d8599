"""Reading what happened to an item: its versions, who wrote them, and the notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from question_bank.models import Item, ItemNote, ItemVersion, NoteKind
from training.accounts.models import Person
from training.core.db import db


def writers_of(item: Item) -> set[int]:
    """The ids of all who wrote a version since the last approved one; samples and imports by nobody are left out."""
    statement = select(ItemVersion.author_id).where(
        ItemVersion.item_id == item.id,
        ItemVersion.version > (item.approved_version or 0),
        ItemVersion.author_id.is_not(None),
    )
    return {one for one in db.session.scalars(statement) if one is not None}


def submitters_of(item: Item) -> set[int]:
    """The ids of those who submitted the newest version."""
    statement = select(ItemNote.person_id).where(
        ItemNote.item_id == item.id, ItemNote.version == item.version, ItemNote.kind == NoteKind.SUBMITTED
    )
    return {one for one in db.session.scalars(statement) if one is not None}


def notes_of(item: Item) -> Sequence[Any]:
    """The notes of an item, newest first, as rows `ItemNote, author's name | None`."""
    statement = (
        select(ItemNote, Person.name.label("author"))
        .outerjoin(Person, Person.id == ItemNote.person_id)
        .where(ItemNote.item_id == item.id)
        .order_by(ItemNote.id.desc())
    )
    return db.session.execute(statement).all()


def versions_of(item: Item) -> Sequence[Any]:
    """The versions of an item, newest first, as rows `version, created_at, author_id, author's name | None`."""
    statement = (
        select(ItemVersion.version, ItemVersion.created_at, ItemVersion.author_id, Person.name.label("author"))
        .outerjoin(Person, Person.id == ItemVersion.author_id)
        .where(ItemVersion.item_id == item.id)
        .order_by(ItemVersion.version.desc())
    )
    return db.session.execute(statement).all()


def approved_in(notes: Sequence[Any]) -> set[int]:
    """The versions that were approved, from the notes of an item."""
    return {row.ItemNote.version for row in notes if row.ItemNote.kind is NoteKind.APPROVED}
