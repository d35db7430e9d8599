"""The history of an item: comments, and the steps of its reviews with what was said."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.models import Item, ItemNote, NoteKind
from question_bank.permissions import Permission
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Invalid
from training.core.scopes import Scope


def write(item: Item, kind: NoteKind, words: str, by: Actor | None, **details: object) -> None:
    """Add a note on the newest version, with its audit line `item.<kind>`; does not commit."""
    said = words.strip()
    db.session.add(
        ItemNote(
            item_id=item.id,
            version=item.version,
            kind=kind,
            text=said,
            person_id=by.id if by else None,
            created_at=clock.now(),
        )
    )
    db.session.flush()
    told = {"reason": said, **details} if said else details
    audit.record(by, f"item.{kind.value}", item, version=item.version, **told)


def comment(item: Item, scope: Scope, words: str, *, said_by: Actor) -> None:
    """Say something about an item to its authors and reviewers. Raises `NotAllowed` or `Invalid` (nothing said)."""
    said_by.require(Permission.ITEM_READ, scope.path)
    if not words.strip():
        raise Invalid(_("Write the comment first."))
    write(item, NoteKind.COMMENT, words, said_by)
