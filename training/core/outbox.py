"""What is sent to people outside: e-mail and text messages, written in the transaction of the act, sent after it.

A row of `outgoing` is the truth; the queue only wakes a worker, and a sweep finds what no wake-up reached. There is one
rule for all: **at least once**. A row is claimed before it is sent (a claim moves `due_at` to the next try), so two
workers never send it side by side; a worker that dies after sending and before saying so sends it once more at the next
try. A letter that comes twice does less harm than a code that never comes; and both channels carry the row's key
(`Message-ID`, `key`), by which the other side can tell the second from the first.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import Index, String, Text, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from training.core import clock, delivery, jobs
from training.core.db import Base, Id, connection, insert, reading, transaction
from training.core.logs import log
from training.core.scopes import enum_of

SEND = "outbox:send"
PAUSES = tuple(timedelta(minutes=each) for each in (2, 5, 15, 45, 120, 360, 900))
"""From one try to the next: eight tries in 24 hours. The first is longer than a try can take."""
TRIES = len(PAUSES) + 1
A_SWEEP = timedelta(seconds=20)
KEPT_FOR = timedelta(days=30)
"""How long it can be looked up what was sent to whom."""
AT_ONCE = 500
"""Rows put into one statement: SQLite takes 32,766 values."""


class Channel(StrEnum):
    """By which way."""

    EMAIL = "email"
    SMS = "sms"


class Outgoing(Base):
    """One letter or text message: waiting, sent (`sent_at`) or given up (`failed_at`).

    `failed_reason` is what the last try met, also while others follow. The text of a secret is cleared at the end,
    address and words of every other letter `KEPT_FOR` later; the key stays, so that nothing is sent twice.
    What is `quiet` is not sent between 21:00 and 08:00.
    """

    __tablename__ = "outgoing"
    __table_args__ = (Index("ix_outgoing_waiting", "sent_at", "failed_at", "due_at"),)

    id: Mapped[Id]
    channel: Mapped[Channel] = mapped_column(enum_of(Channel))
    address: Mapped[str] = mapped_column(String(200), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    secret: Mapped[bool]
    quiet: Mapped[bool]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failed_reason: Mapped[str | None] = mapped_column(String(300))


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is to be sent to one address; the same `key` is sent once."""

    channel: str
    address: str
    subject: str
    text: str
    key: str
    secret: bool = False
    quiet: bool = False
    due_at: datetime | None = None


def offers(channel: str) -> bool:
    """Whether this site can send by that channel: its settings are there."""
    return bool(current_app.config.get("SMTP_URL" if Channel(channel) is Channel.EMAIL else "SMS_URL"))


def post(
    channel: str,
    address: str,
    *,
    subject: str,
    text: str,
    key: str,
    secret: bool = False,
    due_at: datetime | None = None,
) -> bool:
    """Have one letter sent after the present transaction; returns whether the channel is offered. Does not commit.

    The same key again changes nothing. Where the channel is not offered nothing is kept: nobody would ever send it.
    """
    letter = Letter(channel=channel, address=address, subject=subject, text=text, key=key, secret=secret, due_at=due_at)
    for outgoing_id in post_all([letter]):
        if due_at is None or due_at <= clock.now():
            jobs.enqueue(SEND, outgoing_id=outgoing_id)
    return offers(channel)


def post_all(letters: Sequence[Letter]) -> list[int]:
    """Have many letters sent by the next sweeps; returns the ids of the new ones. Does not commit."""
    now = clock.now()
    rows = [_row(one, now) for one in letters if offers(one.channel)]
    made: list[int] = []
    for start in range(0, len(rows), AT_ONCE):
        statement = insert(Outgoing).values(rows[start : start + AT_ONCE])
        statement = statement.on_conflict_do_nothing(index_elements=["key"]).returning(Outgoing.id)
        made.extend(connection().execute(statement).scalars())
    return made


def _row(letter: Letter, now: datetime) -> dict[str, Any]:
    return {
        "channel": Channel(letter.channel),
        "address": letter.address,
        "subject": letter.subject[:300],
        "text": letter.text,
        "key": letter.key,
        "secret": letter.secret,
        "quiet": letter.quiet,
        "created_at": now,
        "due_at": letter.due_at or now,
        "tries": 0,
    }


def forget(addresses: Collection[str]) -> int:
    """Delete every letter to those addresses, sent or not (a person is erased); returns how many. Does not commit."""
    return connection().execute(delete(Outgoing).where(Outgoing.address.in_(list(addresses)))).rowcount


@jobs.job(SEND)
def _woken(outgoing_id: int) -> None:
    send(outgoing_id)


def send(outgoing_id: int) -> bool:
    """Try one letter that is due now; returns whether it was this call that sent it. Opens its own transactions."""
    with transaction():
        letter = _claim(outgoing_id)
    if letter is None:
        return False
    try:
        delivery.deliver(letter.channel, letter.address, letter.subject, letter.text, letter.key)
    except delivery.NotDelivered as error:
        log.warning("not delivered", outgoing=outgoing_id, channel=letter.channel, reason=error.kind)
        with transaction():
            _note_failure(outgoing_id, str(error), over=error.final or letter.tries >= TRIES)
        return False
    with transaction():
        _note_sent(outgoing_id)
    return True


def _claim(outgoing_id: int) -> Any:
    """Take a letter that is due: whoever comes second finds it due later. One that was tried to the end is given up."""
    now = clock.now()
    due = (Outgoing.id == outgoing_id, *_waiting(now))
    tries = connection().execute(select(Outgoing.tries).where(*due)).scalar()
    if tries is None:
        return None
    if tries >= TRIES:  # the worker died in the last try
        _note_failure(outgoing_id, "no answer", over=True)
        return None
    later = now + PAUSES[min(tries, len(PAUSES) - 1)]
    claim = update(Outgoing).where(*due, Outgoing.tries == tries).values(tries=tries + 1, due_at=later)
    return connection().execute(claim.returning(*Outgoing.__table__.c)).one_or_none()


def _waiting(now: datetime) -> tuple[Any, ...]:
    due = Outgoing.sent_at.is_(None), Outgoing.failed_at.is_(None), Outgoing.due_at <= now
    return (*due, ~Outgoing.quiet) if clock.is_night(now) else due


def _note_sent(outgoing_id: int) -> None:
    _finish(outgoing_id, sent_at=clock.now(), failed_reason=None)


def _note_failure(outgoing_id: int, reason: str, *, over: bool) -> None:
    values: dict[str, Any] = {"failed_reason": reason[:300]}
    if over:
        _finish(outgoing_id, failed_at=clock.now(), **values)
    else:
        connection().execute(update(Outgoing).where(Outgoing.id == outgoing_id).values(values))


def _finish(outgoing_id: int, **values: Any) -> None:
    connection().execute(update(Outgoing).where(Outgoing.id == outgoing_id).values(values))
    secret = update(Outgoing).where(Outgoing.id == outgoing_id, Outgoing.secret)
    connection().execute(secret.values(text=""))


@jobs.sweep("outbox")
def send_what_is_due() -> int:
    """Send what is due, oldest first, for some 20 seconds, so that other sweeps get their turn; returns how many."""
    with reading():
        waiting = connection().execute(
            select(Outgoing.id).where(*_waiting(clock.now())).order_by(Outgoing.due_at, Outgoing.id).limit(AT_ONCE)
        )
        ids = list(waiting.scalars())
    until = time.monotonic() + A_SWEEP.total_seconds()
    sent = 0
    for outgoing_id in ids:
        sent += send(outgoing_id)
        if time.monotonic() > until:
            break
    return sent


def _old() -> tuple[Any, ...]:
    """Conditions of the letters that ended long ago and still say to whom and what."""
    ended = or_(Outgoing.sent_at.is_not(None), Outgoing.failed_at.is_not(None))
    return (ended, Outgoing.created_at < clock.now() - KEPT_FOR, Outgoing.address != "")


@jobs.sweep("outbox:old")
def forget_old() -> int:
    """Empty the letters that ended long ago, a bounded number; writes only when there is one; returns how many."""
    with reading():
        ids = list(connection().execute(select(Outgoing.id).where(*_old()).limit(AT_ONCE)).scalars())
    if not ids:
        return 0
    with transaction():
        emptied = update(Outgoing).where(Outgoing.id.in_(ids), *_old())
        values = {"address": "", "subject": "", "text": "", "failed_reason": None}
        return connection().execute(emptied.values(values)).rowcount


def state(keys: Collection[str]) -> dict[str, str]:
    """By key `waiting`, `sent` or `failed`, for pages that show what became of a letter; needs an open transaction."""
    rows = connection().execute(
        select(Outgoing.key, Outgoing.sent_at, Outgoing.failed_at).where(Outgoing.key.in_(list(keys)))
    )
    return {key: "sent" if sent else "failed" if failed else "waiting" for key, sent, failed in rows}
