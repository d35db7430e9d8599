"""Reading the logbook: one's own entries, and those of the trainees at a supervisor's bases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, select

from training.accounts.models import Person
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.practice.models import LogbookComment, LogbookEntry
from training.practice.permissions import Permission
from training.programmes.models import Cohort


def own_entries(person_id: int) -> Sequence[LogbookEntry]:
    """A trainee's entries, newest month first."""
    return db.session.scalars(
        select(LogbookEntry)
        .where(LogbookEntry.person_id == person_id)
        .order_by(LogbookEntry.month.desc(), LogbookEntry.id.desc())
    ).all()


def own_entry(person_id: int, entry_id: int) -> LogbookEntry:
    """One entry of the trainee's own; raises `NotFound`."""
    entry = db.session.get(LogbookEntry, entry_id)
    if entry is None or entry.person_id != person_id:
        raise NotFound(_("There is no such entry in your logbook."))
    return entry


def visible_entries(actor: Actor) -> Select[Any]:
    """A select of the entries at the bases where the actor comments; nobody else but the trainee reads them."""
    return (
        select(LogbookEntry)
        .join(Cohort, Cohort.id == LogbookEntry.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(scopes.within(actor.paths(Permission.LOGBOOK_COMMENT)))
    )


def entry_visible_to(actor: Actor, entry_id: int) -> Any:
    """One entry as a row `LogbookEntry, Person`; raises `NotFound` for a stranger's."""
    row = db.session.execute(
        visible_entries(actor)
        .add_columns(Person)
        .join(Person, Person.id == LogbookEntry.person_id)
        .where(LogbookEntry.id == entry_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_("There is no such logbook entry at your base."))
    return row


def entries_of(actor: Actor, person_id: int) -> Sequence[LogbookEntry]:
    """A trainee's entries at the actor's bases, newest month first."""
    return db.session.scalars(
        visible_entries(actor)
        .where(LogbookEntry.person_id == person_id)
        .order_by(LogbookEntry.month.desc(), LogbookEntry.id.desc())
    ).all()


def entries_without_comment(actor: Actor, *, at_most: int = 10) -> Sequence[Any]:
    """Entries at the actor's bases to which nobody has written yet, newest first, as rows `LogbookEntry, Person`."""
    return db.session.execute(
        visible_entries(actor)
        .add_columns(Person)
        .join(Person, Person.id == LogbookEntry.person_id)
        .where(~exists().where(LogbookComment.entry_id == LogbookEntry.id))
        .order_by(LogbookEntry.id.desc())
        .limit(at_most)
    ).all()


def comments_on(entry_ids: Collection[int]) -> Mapping[int, list[Any]]:
    """The comments on each entry, oldest first, as rows `LogbookComment, Person`; one query."""
    rows = db.session.execute(
        select(LogbookComment, Person)
        .join(Person, Person.id == LogbookComment.author_id)
        .where(LogbookComment.entry_id.in_(entry_ids))
        .order_by(LogbookComment.id)
    )
    found: dict[int, list[Any]] = {one: [] for one in entry_ids}
    for comment, author in rows:
        found[comment.entry_id].append((comment, author))
    return found
