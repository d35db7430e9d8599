"""Invitations to a cohort, and what people who follow them send."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.accounts.models import Profession
from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class Invitation(Base):
    """A link to a cohort for at most `most` people until the end of `last_day`; it may be closed before."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("most BETWEEN 1 AND 5000", name="most"),)

    id: Mapped[Id]
    cohort_id: Mapped[int] = mapped_column(BigId, ForeignKey("cohort.id"), index=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    last_day: Mapped[date]
    most: Mapped[int]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]


class ApplicationStatus(StrEnum):
    """Where an application stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"


class Application(Base):
    """Somebody's wish to join. `login` is how a new person wants to sign in, `person:<id>` of who has an account.

    Once decided, the password's hash and what only served the decision are gone: a person's data stand with the person.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("invitation_id", "login"),
        CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided_when_not_waiting"),
    )

    id: Mapped[Id]
    invitation_id: Mapped[int] = mapped_column(BigId, ForeignKey("invitation.id"))
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    login: Mapped[str | None] = mapped_column(String(200))
    profession: Mapped[Profession] = mapped_column(enum_of(Profession))
    institution: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    status: Mapped[ApplicationStatus] = mapped_column(enum_of(ApplicationStatus))
    reason: Mapped[str | None] = mapped_column(String(500))
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
