"""Who may approve an item: somebody else. Nobody approves what they wrote themselves, not even a part of it."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _

from question_bank.models import Item, ItemState
from question_bank.permissions import Permission
from training.core.access import Actor
from training.core.errors import NotAllowed
from training.core.scopes import Scope


def may_review(actor: Actor, item: Item, scope: Scope, writers: Collection[int]) -> bool:
    """Whether the actor may decide now; `writers` are all who wrote a version since the last approved one."""
    waiting = item.state is ItemState.IN_REVIEW and item.retired_at is None
    return waiting and actor.may(Permission.ITEM_REVIEW, scope.path) and actor.id not in writers


def require_may_review(actor: Actor, scope: Scope, writers: Collection[int]) -> None:
    """Raise `NotAllowed` for an author, and for whoever may not review items of that scope."""
    actor.require(Permission.ITEM_REVIEW, scope.path)
    if actor.id in writers:
        raise NotAllowed(_("You wrote a version that is being reviewed; somebody else decides about it."))
