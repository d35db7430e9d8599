"""Peer review: a sound draft is submitted, and somebody who wrote none of it approves it or returns it."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank import policies
from question_bank.models import Item, ItemState, NoteKind
from question_bank.permissions import Permission
from question_bank.queries import history
from question_bank.queries import items as bank
from question_bank.services import notes
from question_bank.services.items import Stale, require_sound
from training.core.access import Actor
from training.core.errors import Conflict, Invalid, NotAllowed
from training.core.scopes import Scope


def submit(item: Item, scope: Scope, words: str = "", *, submitted_by: Actor) -> None:
    """Hand a locked draft to the reviewers; does not commit.

    Raises `NotAllowed`, `Conflict` (it is no draft, or retired) or `Invalid` (all faults, each with its place).
    """
    submitted_by.require(Permission.ITEM_WRITE, scope.path)
    if item.retired_at is not None:
        raise Conflict(_("Item %(code)s is retired; restore it first.", code=item.code))
    if item.state is not ItemState.DRAFT:
        raise Conflict(_("Item %(code)s is no draft; there is nothing to submit.", code=item.code))
    require_sound(item.type, bank.version_of(item, item.version).body)
    item.state = ItemState.IN_REVIEW
    notes.write(item, NoteKind.SUBMITTED, words, submitted_by)


def approve(item: Item, scope: Scope, words: str = "", *, seen_version: int, approved_by: Actor) -> None:
    """Put the submitted version of a locked item to use, in quizzes that have it from the next attempt on.

    Raises `NotAllowed` (an author among others), `Conflict`, `Stale` or `Invalid` (faulty). Does not commit.
    """
    _require_deciding(item, scope, seen_version, approved_by)
    require_sound(item.type, bank.version_of(item, item.version).body)
    item.state, item.approved_version = ItemState.APPROVED, item.version
    notes.write(item, NoteKind.APPROVED, words, approved_by)


def return_to_author(item: Item, scope: Scope, words: str, *, seen_version: int, returned_by: Actor) -> None:
    """Make a submitted item a draft again, saying why; does not commit.

    Raises `NotAllowed`, `Conflict`, `Stale` or `Invalid` (nothing said).
    """
    _require_deciding(item, scope, seen_version, returned_by)
    if not words.strip():
        raise Invalid(_("Write what should be changed, then return the item."))
    item.state = ItemState.DRAFT
    notes.write(item, NoteKind.RETURNED, words, returned_by)


def withdraw(item: Item, scope: Scope, words: str = "", *, withdrawn_by: Actor) -> None:
    """Take one's own item back from the reviewers; does not commit. Raises `NotAllowed` or `Conflict`."""
    withdrawn_by.require(Permission.ITEM_WRITE, scope.path)
    _require_waiting(item)
    if withdrawn_by.id not in history.writers_of(item) | history.submitters_of(item):
        raise NotAllowed(_("Only who wrote or submitted the item takes it back from review."))
    item.state = ItemState.DRAFT
    notes.write(item, NoteKind.WITHDRAWN, words, withdrawn_by)


def _require_deciding(item: Item, scope: Scope, seen_version: int, actor: Actor) -> None:
    policies.require_may_review(actor, scope, history.writers_of(item))
    _require_waiting(item)
    if seen_version != item.version:
        raise Stale(_("Somebody saved version %(version)s of this item after you opened it.", version=item.version))


def _require_waiting(item: Item) -> None:
    if item.retired_at is not None or item.state is not ItemState.IN_REVIEW:
        raise Conflict(_("Item %(code)s does not wait for a review any more; reload its page.", code=item.code))
