"""Messages in both languages, who received them and has read them, and who wants no e-mail beside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id


class Message(Base):
    """What was said, once, whoever received it; `sender_id` is None for the site itself. `url` leads on within it."""

    __tablename__ = "message"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(String(500))
    sender_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    sent_at: Mapped[datetime]


class InboxEntry(Base):
    """A message in one person's inbox, there once; unread until `read_at`."""

    __tablename__ = "inbox_entry"
    __table_args__ = (
        UniqueConstraint("message_id", "person_id"),
        Index("ix_inbox_entry_person_id_read_at", "person_id", "read_at"),
    )

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BigId, ForeignKey("message.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    read_at: Mapped[datetime | None]


class MailOff(Base):
    """Somebody who wants no e-mail beside the inbox, since when."""

    __tablename__ = "mail_off"

    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True, autoincrement=False)
    since: Mapped[datetime]
