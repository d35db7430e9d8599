"""Writing items: each save is a new version, and what attempts showed stays."""

from __future__ import annotations

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


def _append_version(item: Item, body: dict[str, Any], author: Actor | None) -> None:
    item.version += 1
    item.state, item.approved_version = ItemState.APPROVED, item.version
    item.stem_zh, item.stem_en = body["stem"]["zh"], body["stem"]["en"]
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
