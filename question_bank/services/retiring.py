"""Taking items out of use for a reason, with or without a successor, and putting them back."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.models import Item, ItemState, NoteKind
from question_bank.permissions import Permission
from question_bank.services import notes
from training.core import clock
from training.core.access import Actor
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope


def retire(item: Item, scope: Scope, reason: str, *, successor: Item | None = None, retired_by: Actor) -> None:
    """Take a locked item out of what new quizzes may choose; quizzes that have it keep it; does not commit.

    Raises `NotAllowed`, `Invalid` (no reason, or a successor that cannot be one) or `Conflict` (retired already).
    """
    retired_by.require(Permission.ITEM_WRITE, scope.path)
    if not reason.strip():
        raise Invalid(_("Write why the item is retired."))
    if item.retired_at is not None:
        raise Conflict(_("Item %(code)s has been retired already.", code=item.code))
    if successor is not None and (successor.id == item.id or successor.retired_at is not None):
        raise Invalid(_("An item is superseded by another one that is in use."))
    item.retired_at = clock.now()
    item.superseded_by_id = successor.id if successor else None
    if item.state is ItemState.IN_REVIEW:
        item.state = ItemState.DRAFT
    notes.write(item, NoteKind.RETIRED, reason, retired_by, **({"successor": successor.code} if successor else {}))


def restore(item: Item, scope: Scope, reason: str, *, restored_by: Actor) -> None:
    """Put a retired item, locked, back to use; does not commit. Raises `NotAllowed`, `Invalid` or `Conflict`."""
    restored_by.require(Permission.ITEM_WRITE, scope.path)
    if not reason.strip():
        raise Invalid(_("Write why the item is restored."))
    if item.retired_at is None:
        raise Conflict(_("Item %(code)s is not retired.", code=item.code))
    item.retired_at = item.superseded_by_id = None
    notes.write(item, NoteKind.RESTORED, reason, restored_by)
