"""Writing items: each save is a new version, and what attempts showed stays."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank import item_types, words
from question_bank.models import Item, ItemState, ItemVersion
from question_bank.permissions import Permission
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope


class Stale(Conflict):
    """Somebody saved a newer version since the form was opened."""


def add_item(scope: Scope, *, code: str, type_name: str, body: dict[str, Any], added_by: Actor | None) -> Item:
    """Add an item in its first version to the bank of `scope`; does not commit.

    Raises `NotAllowed`, `Conflict` (code taken) or `Invalid` (all faults of the body in one sentence each).
    """
    if added_by is not None:
        added_by.require(Permission.ITEM_WRITE, scope.path)
    require_sound(type_name, body)
    if db.session.scalar(select(Item.id).where(Item.scope_id == scope.id, Item.code == code)):
        raise Conflict(_("Your bank already has an item with the code %(code)s; choose another.", code=code))
    item = Item(scope_id=scope.id, code=code, type=type_name, version=0, created_at=clock.now())
    _append_version(item, body, added_by)
    audit.record(added_by, "item.add", item, code=code)
    return item


def revise_item(item: Item, scope: Scope, body: dict[str, Any], *, seen_version: int, revised_by: Actor) -> Item:
    """Save the next version of a locked item; running attempts keep theirs; does not commit.

    Raises `NotAllowed`, `Stale` (the form showed an older version than the newest) or `Invalid`.
    """
    revised_by.require(Permission.ITEM_WRITE, scope.path)
    if seen_version != item.version:
        raise Stale(_("Somebody saved version %(version)s of this item after you opened it.", version=item.version))
    require_sound(item.type, body)
    _append_version(item, body, revised_by)
    audit.record(revised_by, "item.revise", item, version=item.version)
    return item


def retire_item(item: Item, scope: Scope, reason: str, *, retired_by: Actor) -> None:
    """Take an item out of what new quizzes may choose; quizzes that have it keep it; does not commit.

    Raises `NotAllowed`, `Invalid` (no reason) or `Conflict` (retired already).
    """
    retired_by.require(Permission.ITEM_WRITE, scope.path)
    if not reason.strip():
        raise Invalid(_("Write why the item is retired."))
    if item.retired_at is not None:
        raise Conflict(_("This item has been retired already."))
    item.retired_at = clock.now()
    db.session.flush()
    audit.record(retired_by, "item.retire", item, reason=reason.strip())


def require_sound(type_name: str, body: dict[str, Any]) -> None:
    """Raise `Invalid` with every fault of a body."""
    faults = item_types.get(type_name).validate(body)
    if faults:
        raise Invalid(" ".join(words.sentence(fault) for fault in faults))


def mirrored(body: dict[str, Any]) -> dict[str, Any]:
    """What the row of an item repeats of its newest body, for lists, filters and search."""
    stem = body.get("stem") or {}
    about = body.get("about") or {}
    review_by = about.get("review_by")
    return {
        **{f"stem_{language}": str(stem.get(language) or "")[:2000] for language in item_types.LANGUAGES},
        **{name: about.get(name) or None for name in ("module", "competency", "level", "difficulty")},
        "review_by": date.fromisoformat(review_by) if review_by else None,
    }


def digest(type_name: str, body: dict[str, Any]) -> str:
    """What an item says, as one number: the same for the same body, whatever the order of its keys."""
    plain = json.dumps([type_name, body], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _append_version(item: Item, body: dict[str, Any], author: Actor | None) -> None:
    item.version += 1
    item.state, item.approved_version = ItemState.APPROVED, item.version
    for name, value in mirrored(body).items():
        setattr(item, name, value)
    item.digest = digest(item.type, body)
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
