"""Writing items: each save is a version and a draft, which may be unsound; what attempts showed stays."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank import item_types, words
from question_bank.item_types import texts
from question_bank.models import Item, ItemState, ItemVersion, NoteKind
from question_bank.permissions import Permission
from question_bank.services import indexing, notes
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope

LONGEST_STEM = 2000
ABOUT = {"module": 40, "competency": 40, "level": 20}


class Stale(Conflict):
    """Somebody saved a newer version since the form was opened."""


def add_item(scope: Scope, *, code: str, type_name: str, body: dict[str, Any], added_by: Actor | None) -> Item:
    """Add an item as a draft in its first version to the bank of `scope`; does not commit.

    The body may have faults; they keep it from being submitted. Raises `NotAllowed` or `Conflict` (code taken).
    """
    if added_by is not None:
        added_by.require(Permission.ITEM_WRITE, scope.path)
    if db.session.scalar(select(Item.id).where(Item.scope_id == scope.id, Item.code == code)):
        raise Conflict(_("Your bank already has an item with the code %(code)s; choose another.", code=code))
    item = Item(scope_id=scope.id, code=code, type=type_name, version=0, created_at=clock.now())
    _append_version(item, body, added_by)
    audit.record(added_by, "item.add", item, code=code)
    return item


def revise_item(item: Item, scope: Scope, body: dict[str, Any], *, seen_version: int, revised_by: Actor) -> Item:
    """Save the next version of a locked item, a draft; quizzes keep the approved one; does not commit.

    What was being reviewed is so withdrawn. Raises `NotAllowed` or `Stale` (the form showed an older version).
    """
    revised_by.require(Permission.ITEM_WRITE, scope.path)
    if seen_version != item.version:
        raise Stale(_("Somebody saved version %(version)s of this item after you opened it.", version=item.version))
    if item.state is ItemState.IN_REVIEW:
        notes.write(item, NoteKind.WITHDRAWN, "", revised_by)
    _append_version(item, body, revised_by)
    audit.record(revised_by, "item.revise", item, version=item.version)
    return item


def require_sound(type_name: str, body: dict[str, Any]) -> None:
    """Raise `Invalid` with every fault of a body."""
    faults = item_types.get(type_name).validate(body)
    if faults:
        raise Invalid(" ".join(words.sentence(fault) for fault in faults))


def stem_of(body: dict[str, Any], language: str) -> str:
    """The stem that lists show in one language: the item's, else its first part's; as long as lists keep."""
    parts = body.get("parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], dict) else {}
    stem = texts.text_of(body.get("stem"), language) or texts.text_of(first.get("stem"), language)
    return stem[:LONGEST_STEM]


def _append_version(item: Item, body: dict[str, Any], author: Actor | None) -> None:
    item.version += 1
    item.state = ItemState.DRAFT
    item.stem_zh, item.stem_en = (stem_of(body, language) for language in item_types.LANGUAGES)
    _note_about(item, body.get("about"))
    db.session.add(item)
    db.session.flush()
    db.session.add(
        ItemVersion(
            item_id=item.id,
            version=item.version,
            body=body,
            author_id=author.id if author else None,
            created_at=clock.now(),
        )
    )
    db.session.flush()
    indexing.write(item, body)


def _note_about(item: Item, about: object) -> None:
    """Put beside an item what lists filter by; what cannot be kept there is a fault of the body."""
    told = about if isinstance(about, dict) else {}
    for name, longest in ABOUT.items():
        value = told.get(name)
        setattr(item, name, value if isinstance(value, str) and 0 < len(value) <= longest else None)
    difficulty = told.get("difficulty")
    item.difficulty = difficulty if isinstance(difficulty, int) and 1 <= difficulty <= 5 else None
    try:
        item.review_by = date.fromisoformat(str(told.get("review_by")))
    except ValueError:
        item.review_by = None
