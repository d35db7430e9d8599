"""Reviewers are told that items wait: at most one message a day, never at night, and none beside an unread one."""

from __future__ import annotations

from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased

from question_bank.models import Item, ItemState, ItemVersion
from question_bank.permissions import Permission
from question_bank.queries.items import visible_items
from question_bank.queries.lists import ONLY
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.core import clock, i18n, jobs
from training.core.access import Actor
from training.core.db import db, reading, transaction
from training.core.scopes import Scope
from training.messages import services as messages
from training.messages.models import InboxEntry, Message

KEY = "items-to-review:"


@jobs.sweep("question_bank:review-notices")
def tell_reviewers() -> int:
    """Tell whoever may review what waits and has not been told today; returns how many were told."""
    if clock.is_night(clock.now()):
        return 0
    with reading():
        actors = accounts.actors_holding(Permission.ITEM_REVIEW, _something_waits(), ~_told())
        waiting = {actor: _count(actor) for actor in actors}
    if not waiting:
        return 0
    with transaction():
        return sum(_tell(actor, number) for actor, number in waiting.items())


def _something_waits() -> ColumnElement[bool]:
    """Whether an item at or below the `Scope` of the statement around it waits that the `Person` wrote nothing of."""
    place = aliased(Scope)
    since = func.coalesce(Item.approved_version, 0)
    wrote = and_(ItemVersion.author_id == Person.id, ItemVersion.version > since)
    own = exists().where(ItemVersion.item_id == Item.id, wrote).correlate(Item, Person)
    here = and_(place.id == Item.scope_id, place.path.startswith(Scope.path))
    return exists().where(here, Item.state == ItemState.IN_REVIEW, Item.retired_at.is_(None), ~own)


def _told() -> ColumnElement[bool]:
    """Whether the `Person` of the statement around it has such a message of today, or one that is still unread."""
    since = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    still = or_(InboxEntry.read_at.is_(None), Message.sent_at >= since)
    mine = and_(InboxEntry.message_id == Message.id, InboxEntry.person_id == Person.id, Message.key.startswith(KEY))
    return exists().where(mine, still)


def _count(actor: Actor) -> int:
    """How many items wait for this reviewer: not those that they wrote."""
    statement = visible_items(actor).where(ONLY["waiting"](actor)).with_only_columns(func.count())
    return db.session.scalar(statement) or 0


def _tell(actor: Actor, number: int) -> int:
    title_zh, title_en = i18n.in_both(lambda: _title(number))
    body_zh, body_en = i18n.in_both(lambda: _body(number))
    return messages.send(
        [actor.id],
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        key=f"{KEY}{actor.id}:{clock.today().isoformat()}",
        url="/items/reviews/",
        quiet=True,
    )


def _title(number: int) -> str:
    return str(ngettext("%(num)d item waits for your review", "%(num)d items wait for your review", number))


def _body(number: int) -> str:
    return str(
        ngettext(
            "Quizzes can use it once you have approved it. To return it, say what should be changed.",
            "Quizzes can use them once you have approved them. To return one, say what should be changed.",
            number,
        )
    )
