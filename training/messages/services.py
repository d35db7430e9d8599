"""Sending messages to inboxes, with e-mail beside them, and reading them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, select, update
from sqlalchemy import insert as insert_many

from training.accounts.models import Person
from training.core import clock, outbox
from training.core.access import Actor
from training.core.audit import HasId
from training.core.db import batches, connection, db, insert
from training.core.errors import Invalid
from training.messages import letters
from training.messages.models import InboxEntry, MailOff, Message


def send(
    person_ids: Collection[int],
    *,
    title_zh: str,
    title_en: str,
    body_zh: str,
    body_en: str,
    key: str,
    url: str | None = None,
    sender: HasId | None = None,
    quiet: bool = False,
) -> int:
    """Put one message into the inboxes of those people, e-mail beside it; returns how many had not had it. No commit.

    The same `key` reaches a person once, with the text of the first time. Whoever was erased or is not active gets
    nothing. `url` is an address on this site to go on from; with `quiet` the e-mail is never sent at night.
    """
    if url is not None and not url.startswith("/"):
        raise Invalid(_("A message leads to a page of this site only."))
    texts = {"title_zh": title_zh, "title_en": title_en, "body_zh": body_zh, "body_en": body_en}
    message = _message(key, texts, url, sender)
    reached = 0
    for some in batches(sorted(set(person_ids))):
        entries = _put(message, some)
        reached += len(entries)
        outbox.post_all(_letters(message, entries, quiet=quiet))
    return reached


def _message(key: str, texts: dict[str, str], url: str | None, sender: HasId | None) -> Message:
    values = {"key": key, **texts, "url": url, "sender_id": sender.id if sender else None, "sent_at": clock.now()}
    connection().execute(insert(Message).values(values).on_conflict_do_nothing(index_elements=["key"]))
    return db.session.scalars(select(Message).where(Message.key == key)).one()


def _put(message: Message, person_ids: Sequence[int]) -> dict[int, int]:
    """Entries for those who have none yet: by person the id of the new entry."""
    live = select(Person.id).where(Person.id.in_(person_ids), Person.active, Person.erased_at.is_(None))
    rows = [
        {"message_id": message.id, "person_id": one, "read_at": None} for one in connection().execute(live).scalars()
    ]
    if not rows:
        return {}
    statement = insert(InboxEntry).values(rows).on_conflict_do_nothing(index_elements=["message_id", "person_id"])
    made = connection().execute(statement.returning(InboxEntry.person_id, InboxEntry.id))
    return {row.person_id: row.id for row in made}


def _letters(message: Message, entries: dict[int, int], *, quiet: bool) -> list[outbox.Letter]:
    """An e-mail for each of them who has an address and has not switched it off."""
    if not entries or not outbox.offers("email"):
        return []
    switched_off = select(MailOff.person_id).where(MailOff.person_id == Person.id).exists()
    statement = select(Person.id, Person.email).where(
        Person.id.in_(list(entries)), Person.email.is_not(None), ~switched_off
    )
    return [
        letters.beside(message, entries[person_id], address, quiet=quiet)
        for person_id, address in connection().execute(statement)
        if address
    ]


def mark_read(entry: InboxEntry) -> None:
    """Note that the message has been read; once is enough. Does not commit."""
    if entry.read_at is None:
        entry.read_at = clock.now()


def mark_all_read(actor: Actor, *, until: int) -> int:
    """Note that all of the actor's messages up to that entry have been read; returns how many were not. No commit.

    What came after the page was shown stays unread.
    """
    unread = (InboxEntry.person_id == actor.id, InboxEntry.read_at.is_(None), InboxEntry.id <= until)
    return connection().execute(update(InboxEntry).where(*unread).values(read_at=clock.now())).rowcount


def switch_mail(actor: Actor, *, wanted: bool) -> None:
    """Switch e-mail beside the actor's inbox on or off; does not commit."""
    off: Any = db.session.get(MailOff, actor.id)
    if wanted and off is not None:
        db.session.delete(off)
    elif not wanted and off is None:
        db.session.execute(insert_many(MailOff).values(person_id=actor.id, since=clock.now()))


def forget(person_id: int) -> None:
    """Empty the inbox of somebody who is erased, and delete what nobody else received; it may name them.

    The letters themselves go by `outbox.forget`. Does not commit.
    """
    received = connection().scalars(select(InboxEntry.message_id).where(InboxEntry.person_id == person_id)).all()
    for table in (InboxEntry, MailOff):
        connection().execute(delete(table).where(table.person_id == person_id))
    for some in batches(received):
        others = exists(select(InboxEntry.id).where(InboxEntry.message_id == Message.id))
        connection().execute(delete(Message).where(Message.id.in_(some), ~others))
