"""Writing items: each save is a version and a draft, which may be unsound; what attempts showed stays.

A draft waits for a review, unless it says what the approved version says: how an item is classified is not reviewed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank import item_types, words
from question_bank.item_types import texts
from question_bank.item_types.about import PLACED
from question_bank.likeness import services as bands
from question_bank.models import Item, ItemState, ItemVersion, NoteKind
from question_bank.permissions import Permission
from question_bank.pictures import services as pictures
from question_bank.queries import items as bank
from question_bank.services import indexing, notes
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope

LONGEST_STEM = 2000
ABOUT = {"module": 40, "competency": 40, "level": 20}
CLASSIFYING = frozenset({*ABOUT, "difficulty"})
"""What sorts an item among others; no trainee sees it. The day of the next review is not among it."""


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
    append_version(item, body, added_by.id if added_by else None)
    audit.record(added_by, "item.add", item, code=code)
    return item


def revise_item(item: Item, scope: Scope, body: dict[str, Any], *, seen_version: int, revised_by: Actor) -> Item:
    """Save the next version of a locked item, a draft; quizzes keep the approved one; does not commit.

    One that says what the approved version says is approved as that is. What was being reviewed is so withdrawn.
    Raises `NotAllowed` or `Stale` (the form showed an older version).
    """
    revised_by.require(Permission.ITEM_WRITE, scope.path)
    if seen_version != item.version:
        raise Stale(_("Somebody saved version %(version)s of this item after you opened it.", version=item.version))
    if item.state is ItemState.IN_REVIEW:
        notes.write(item, NoteKind.WITHDRAWN, "", revised_by)
    approved = item.approved_version and bank.version_of(item, item.approved_version).body
    append_version(item, body, revised_by.id)
    if approved and says_the_same(approved, body):
        item.state, item.approved_version = ItemState.APPROVED, item.version
    audit.record(revised_by, "item.revise", item, version=item.version)
    return item


def require_sound(type_name: str, body: dict[str, Any]) -> None:
    """Raise `Invalid` with every fault of a body."""
    faults = item_types.get(type_name).validate(body)
    if faults:
        raise Invalid(" ".join(words.sentence(fault) for fault in faults))


def mirrored(body: dict[str, Any]) -> dict[str, Any]:
    """What the row of an item repeats of its newest body for lists and filters; what does not fit there is a fault."""
    about = body.get("about")
    told = about if isinstance(about, dict) else {}
    difficulty = told.get("difficulty")
    return {
        **{f"stem_{language}": stem_of(body, language) for language in item_types.LANGUAGES},
        **{name: _short(told.get(name), longest) for name, longest in ABOUT.items()},
        "difficulty": difficulty if isinstance(difficulty, int) and 1 <= difficulty <= 5 else None,
        "review_by": _day(told.get("review_by")),
    }


def stem_of(body: dict[str, Any], language: str) -> str:
    """The stem that lists show in one language, without its pictures: the item's, else its first part's."""
    parts = body.get("parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], dict) else {}
    stem = texts.text_of(body.get("stem"), language) or texts.text_of(first.get("stem"), language)
    said = "\n".join(line for line in stem.split("\n") if not PLACED.fullmatch(line))
    return (said.strip() or stem)[:LONGEST_STEM]


def _short(value: object, longest: int) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= longest else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def digest(type_name: str, body: dict[str, Any]) -> str:
    """What an item says, as one number: the same for the same body, whatever the order of its keys."""
    plain = json.dumps([type_name, body], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def says_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two bodies differ at most in how they classify the item."""
    return _unclassified(one) == _unclassified(other)


def _unclassified(body: dict[str, Any]) -> dict[str, Any]:
    told = body.get("about")
    about = {name: value for name, value in (told if isinstance(told, dict) else {}).items() if name not in CLASSIFYING}
    return {**body, "about": about}


def append_version(item: Item, body: dict[str, Any], author_id: int | None) -> None:
    """Add the next version of an item, a draft; who calls this has looked who asks. Does not commit."""
    item.version += 1
    item.state = ItemState.DRAFT
    for name, value in mirrored(body).items():
        setattr(item, name, value)
    item.digest = digest(item.type, body)
    db.session.add(item)
    db.session.flush()
    version = ItemVersion(item_id=item.id, version=item.version, body=body, author_id=author_id, created_at=clock.now())
    db.session.add(version)
    db.session.flush()
    pictures.pin([(version.id, body)])
    indexing.write(item, body)
    bands.write(item, body)
