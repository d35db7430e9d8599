"""Searches that somebody keeps under a name."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from question_bank.models import SavedSearch
from training.core.access import Actor
from training.core.db import db, upsert
from training.core.errors import Conflict, NotFound

MOST = 30


def save(name: str, query: str, *, saved_by: Actor) -> None:
    """Keep a search (the arguments of its address) under a name, in place of one that has it; does not commit.

    Raises `Conflict` when there are too many.
    """
    own = select(func.count()).where(SavedSearch.person_id == saved_by.id, SavedSearch.name != name)
    if (db.session.scalar(own) or 0) >= MOST:
        raise Conflict(_("You keep %(most)s searches already; delete one first.", most=MOST))
    row = {"person_id": saved_by.id, "name": name, "query": query}
    db.session.execute(upsert(SavedSearch, [row], keys=["person_id", "name"], put=["query"]))


def forget(search_id: int, *, forgotten_by: Actor) -> None:
    """Delete a search of one's own; does not commit. Raises `NotFound`."""
    own = delete(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.person_id == forgotten_by.id)
    if db.session.scalar(own.returning(SavedSearch.id)) is None:
        raise NotFound(_("There is no such search of yours."))
