"""Reading one's own inbox."""

from __future__ import annotations

from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import ScalarSelect, Select, func, select

from training.accounts.models import Person
from training.core import paging
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.messages.models import InboxEntry, MailOff, Message


def visible_inbox(actor: Actor) -> Select[Any]:
    """A select of what is in the actor's own inbox; the list and the single message both go through it."""
    statement = (
        select(InboxEntry, Message, Person.name)
        .join(Message, Message.id == InboxEntry.message_id)
        .outerjoin(Person, Person.id == Message.sender_id)
        .where(InboxEntry.person_id == actor.id)
    )
    return cast("Select[Any]", statement)


def inbox(actor: Actor, number: int) -> paging.Page:
    """That page of the actor's inbox as rows `InboxEntry, Message, sender's name | None`: unread first, then newest."""
    total = db.session.scalar(select(func.count()).where(InboxEntry.person_id == actor.id)) or 0
    order = (InboxEntry.read_at.is_not(None), InboxEntry.id.desc())
    statement = visible_inbox(actor).order_by(*order).limit(paging.SIZE).offset(paging.offset(number))
    rows = db.session.execute(statement).all()
    return paging.Page(rows, number, total)


def entry_visible_to(actor: Actor, entry_id: int) -> Any:
    """One message as a row `InboxEntry, Message, sender's name | None`; raises `NotFound` for a stranger's."""
    row = db.session.execute(visible_inbox(actor).where(InboxEntry.id == entry_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such message in your inbox."))
    return row


def wants_mail(actor: Actor) -> bool:
    """Whether the actor has not switched off e-mail beside the inbox."""
    return db.session.get(MailOff, actor.id) is None


def address_of(actor: Actor) -> str | None:
    """The e-mail address of the actor, if any."""
    return db.session.scalar(select(Person.email).where(Person.id == actor.id))


def unread() -> ScalarSelect[int]:
    """How many messages the `Person` of the statement around it has not read."""
    statement = select(func.count(InboxEntry.id)).where(InboxEntry.person_id == Person.id, InboxEntry.read_at.is_(None))
    return statement.correlate(Person).scalar_subquery()
